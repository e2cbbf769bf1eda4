import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { changesChannel } from './changes-channel.ts'
import { type SessionRole, sessionAs } from './fence/session-as.ts'

export type ChangeHandlers = {
  /** A committed change of what readers of this number see. */
  onChange: (trackingNumber: string) => void
  /** Listening has begun, or begun again: no one told what changed before, so read again what matters. */
  onGap: () => void
}

export type ListenOptions = ChangeHandlers & {
  /** Straight to the server: behind a pooler that shares sessions nothing is ever heard. */
  url: string
  as: SessionRole
  applicationName: string
  /** Longest wait for a connection, and for each sign of life after. */
  connectTimeoutMs: number
  /** How often a silent connection is asked for a sign of life. */
  probeMs: number
  onError: (error: Error) => void
}

export type ChangeListener = { close: () => Promise<void> }

const retryMs = { first: 100, max: 3_000 }
const ignore = () => undefined

/** Listens on a connection of its own, connecting again whenever that is lost, until closed. Never throws. */
export const listenForChanges = (options: ListenOptions): ChangeListener => {
  const closing = new AbortController()
  const ended = keepListening(options, closing.signal)
  return {
    close: () => {
      closing.abort()
      return ended
    },
  }
}

const keepListening = async (options: ListenOptions, signal: AbortSignal): Promise<void> => {
  let failures = 0
  const onListening = () => {
    failures = 0
    options.onGap()
  }
  while (!signal.aborted) {
    await listenUntilLost(options, signal, onListening).catch((error: Error) => {
      if (!signal.aborted) options.onError(error)
    })
    await pause(Math.min(retryMs.max, retryMs.first * 2 ** Math.min(failures, 10)), signal)
    failures += 1
  }
}

/** Waits, but not beyond the signal. */
const pause = (ms: number, signal: AbortSignal): Promise<unknown> => wait(ms, undefined, { signal }).catch(ignore)

const listenUntilLost = async (options: ListenOptions, signal: AbortSignal, onListening: () => void): Promise<void> => {
  const { options: asRole, verify } = sessionAs(options.as, { isPooled: false })
  const client = new pg.Client({
    connectionString: options.url,
    options: asRole,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs,
    query_timeout: options.connectTimeoutMs,
    keepAlive: true,
  })
  // A client that is ended while it connects settles nothing but this.
  const lost = new AbortController()
  client.on('error', (error) => lost.abort(error)).on('end', () => lost.abort(new Error('The connection has ended.')))
  const losing = once(lost.signal, 'abort').then(() => lost.signal.throwIfAborted())
  losing.catch(ignore)
  const waking = AbortSignal.any([signal, lost.signal])
  const end = () => void client.end().catch(ignore)
  signal.addEventListener('abort', end, { once: true })
  client.on('notification', ({ payload }) => {
    if (payload) options.onChange(payload)
  })
  try {
    await Promise.race([losing, client.connect()])
    if (verify) await promisify(verify)(client)
    await client.query(`listen ${changesChannel}`)
    onListening()
    while (!signal.aborted) {
      await pause(options.probeMs, waking)
      lost.signal.throwIfAborted()
      if (!signal.aborted) await client.query('select')
    }
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}
