import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { CliError } from '../cli-error.ts'
import { isLoopback, listenForCallback } from './listen-for-callback.ts'
import { type CallbackReading, readCallback } from './read-callback.ts'

export type AwaitLogin = {
  readonly redirectUri: URL
  readonly state: string
  readonly pasteOnly: boolean
  readonly timeoutMs: number
  readonly input: Readable
  /** Called once the answer can come. */
  readonly announce: () => void
  readonly say: (sentence: string) => void
  readonly signal: AbortSignal
}

/** Waits until the browser, or someone who pastes its address, brings the code of this login. Throws one sentence when that fails. */
export const awaitLogin = async (options: AwaitLogin): Promise<string> => {
  const { redirectUri, state, pasteOnly, timeoutMs, announce, signal } = options
  const listens = !pasteOnly && isLoopback(redirectUri)
  const listener = listens ? await listenForCallback(redirectUri, state) : undefined
  const pasted = readPasted(options, listener !== undefined)
  announce()
  if (listens && !listener)
    options.say(
      `Something listens at ${redirectUri.host} already, as Jejak does while it runs: paste the address of the page that the browser ends at.`,
    )
  try {
    const reading = await Promise.race([
      ...(listener ? [listener.answered] : []),
      pasted.answered,
      tooLate(timeoutMs, signal),
    ])
    if (reading.kind === 'refused') throw new CliError(`EasyParcel did not give access: ${reading.reason}.`)
    if (reading.kind === 'foreign') throw new CliError('No address was pasted, so nothing was stored.')
    return reading.code
  } finally {
    listener?.close()
    pasted.close()
  }
}

/** Lines that are no answer to this login are told so, and the wait goes on. */
const readPasted = ({ input, state, redirectUri, say }: AwaitLogin, otherWayOpen: boolean) => {
  const { promise: answered, resolve } = Promise.withResolvers<CallbackReading>()
  const lines = createInterface({ input })
  lines.on('line', (line) => {
    if (line.trim() === '') return
    const url = URL.parse(line.trim())
    const reading: CallbackReading = url ? readCallback(url, state) : { kind: 'foreign' }
    if (reading.kind !== 'foreign') return resolve(reading)
    say(
      url
        ? 'That address does not belong to this login: open the login address above and paste what follows it.'
        : `Paste the whole address, which starts with ${redirectUri.href}`,
    )
  })
  lines.once('close', () => {
    if (!otherWayOpen) resolve({ kind: 'foreign' })
  })
  return {
    answered,
    close: () => {
      lines.close()
      input.destroy()
    },
  }
}

const tooLate = (timeoutMs: number, signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const sentence = `No one logged in within ${timeoutMs / 60_000} minutes: run the command again.`
    const timer = setTimeout(() => reject(new CliError(sentence)), timeoutMs)
    timer.unref()
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
