import type { Freshness } from '@jejak/contract'
import { troubleOf } from '@jejak/core/checking/overview'
import { etagOf, finishDocument, freshnessOfRow } from '@jejak/core/parcels'
import type { TrackingDocumentRow } from '@jejak/db'
import type { Deps } from '../api-deps.ts'
import { HttpProblem } from '../http/http-problem.ts'

const shortCacheMs = 5_000

/** How long others may keep an answer: until the next check is due, within the limits; a few seconds once it is late. */
const cacheSeconds = ({ state, nextCheckAt }: Freshness, now: Date, cacheMaxMs: number): number => {
  const untilCheckMs = nextCheckAt === null ? 0 : Date.parse(nextCheckAt) - now.getTime()
  const wishedMs = state === 'final' ? cacheMaxMs : Math.max(shortCacheMs, untilCheckMs)
  return Math.floor(Math.min(cacheMaxMs, wishedMs) / 1000)
}

/** Whether it is worth asking to wake this row; the statement decides, with what readers of this moment cannot know. */
const mayWake = (row: TrackingDocumentRow, { state }: Freshness, at: Date, wokenBefore: Date): boolean =>
  state === 'expired' && (row.wokenAt === null || row.wokenAt < wokenBefore || row.wokenAt > at)

/** What a reader of a row gets at this moment; `text` is only put together when someone needs it. */
export type PublicAnswer = { etag: string; cacheControl: string; state: Freshness['state']; text: () => string }

export type PublicAnswers = (row: TrackingDocumentRow) => PublicAnswer
type AnswerDeps = Pick<Deps, 'config' | 'now' | 'settingsOf'> & {
  wakeExpired: (trackingId: string, cacheTtlMs: number) => void
}

/** Tells what readers of a row get. An expired row is woken on the way; no one waits for that. */
export const createPublicAnswers = ({ config, now, settingsOf, wakeExpired }: AnswerDeps): PublicAnswers => {
  const { expiredWakeMs } = config.tracking
  return (row) => {
    const at = now()
    const settings = settingsOf(row.organizationId)
    const { cacheTtlMs } = settings
    const freshness = freshnessOfRow(row, { trouble: troubleOf(row, { now: at, settings }), now: at, cacheTtlMs })
    const wokenBefore = new Date(at.getTime() - expiredWakeMs)
    if (mayWake(row, freshness, at, wokenBefore)) wakeExpired(row.id, cacheTtlMs)
    return {
      state: freshness.state,
      etag: etagOf(row.documentVersion, freshness),
      cacheControl: `public, max-age=${cacheSeconds(freshness, at, config.http.cacheMaxMs)}`,
      text: () => finishDocument(row, freshness),
    }
  }
}

/** The answer for a number that no one has registered. */
export const unknownNumber = (trackingNumber: string, { cacheMaxMs }: { cacheMaxMs: number }): HttpProblem =>
  new HttpProblem(
    'not_found',
    `${trackingNumber} is not registered here. Check the number on the label; a parcel shows up once its shop has registered it.`,
    { headers: { 'cache-control': `public, max-age=${Math.floor(Math.min(cacheMaxMs, shortCacheMs) / 1000)}` } },
  )
