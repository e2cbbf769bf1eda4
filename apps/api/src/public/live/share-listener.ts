import type { ChangeHandlers, ChangeListener } from '@jejak/db'

type Listen = (handlers: ChangeHandlers) => ChangeListener

/** Lets any number of listeners hear from one connection, which is opened for the first and closed after the last. */
export const shareListener = (listen: Listen): Listen => {
  const heard = new Set<ChangeHandlers>()
  let listener: ChangeListener | undefined
  const all = (tell: (handlers: ChangeHandlers) => void) => {
    for (const handlers of heard) tell(handlers)
  }
  return (handlers) => {
    heard.add(handlers)
    listener ??= listen({
      onChange: (trackingNumber) => all(({ onChange }) => onChange(trackingNumber)),
      onGap: () => all(({ onGap }) => onGap()),
    })
    return {
      close: async () => {
        heard.delete(handlers)
        if (heard.size > 0) return
        const closing = listener
        listener = undefined
        await closing?.close()
      },
    }
  }
}
