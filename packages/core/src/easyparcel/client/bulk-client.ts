import type { LimitFunction } from 'p-limit'
import { offsetMs } from '../reading/instants.ts'
import type { NormaliseOptions } from '../reading/normalise.ts'
import type { BatchAnswer, EasyParcelClient } from './easyparcel-client.ts'
import { EasyParcelError } from './easyparcel-error.ts'
import type { HttpAnswer, HttpLimits } from './http.ts'

/** What both APIs need. `concurrencyMax` caps the requests one process has open at once; `defaultZone` is an offset such as `+08:00`. */
export type ClientOptions = HttpLimits & {
  baseUrl: string
  batchMax: number
  concurrencyMax: number
  defaultZone: string
}

/** How the APIs differ; `limit` caps the requests that are open at once. `ask` makes one request and throws when the answer is no success. */
type BulkCall = {
  limit: LimitFunction
  ask: (trackingNumbers: readonly string[], signal: AbortSignal, now: Date) => Promise<HttpAnswer>
  read: (json: unknown, options: NormaliseOptions) => Promise<BatchAnswer>
}

/** `trackMany` over one API: checks the batch, waits for a free request, asks exactly once, reads the answer. */
export const createTrackMany = (
  options: ClientOptions,
  { limit, ask, read }: BulkCall,
): EasyParcelClient['trackMany'] => {
  offsetMs(options.defaultZone)
  return (trackingNumbers, { signal, now }) => {
    const asked = [...new Set(trackingNumbers)]
    if (asked.length === 0 || asked.length > options.batchMax) {
      throw new RangeError(`A call asks for 1 to ${options.batchMax} tracking numbers, not ${asked.length}.`)
    }
    return limit(async () => {
      if (signal.aborted) throw new EasyParcelError({ kind: 'network' }, 'The call was stopped before it was sent.')
      const { json, httpStatus, requestId } = await ask(asked, signal, now)
      return read(json, { asked, now, defaultZone: options.defaultZone, httpStatus, requestId })
    })
  }
}
