import { createHash } from 'node:crypto'
import { foldOrderNumber, type TrackingRegistration } from '@jejak/contract'
import { findLives, findNumbers, type KnownNumber, type Life, type ShopTx } from '@jejak/db'
import { planPast } from '../registering/plan-registration.ts'
import type { OldParcel } from './batches.ts'
import type { NumberOutcome } from './migration-report.ts'

/** What is here of the numbers of a batch: those that live or ended lately, and those that are only archived. */
export type KnownLives = { lives: ReadonlyMap<string, Life>; archived: ReadonlyMap<string, KnownNumber> }

export const findKnown = async (tx: ShopTx, parcels: readonly OldParcel[]): Promise<KnownLives> => {
  const numbers = [...new Set(parcels.map(({ tracking }) => tracking.trackingNumber))]
  const known = await findNumbers(tx, numbers)
  const ids = known.flatMap(({ id, isArchived }) => (isArchived ? [] : [id]))
  const lives = ids.length > 0 ? await findLives(tx, { ids, lock: false }) : new Map<string, Life>()
  const archived = known.filter(({ isArchived, trackingNumber }) => isArchived && !lives.has(trackingNumber))
  return { lives, archived: new Map(archived.map((one) => [one.trackingNumber, one])) }
}

/** Whether an archived parcel is the one that the old system means. It is another one only if it was booked after that had ended. */
export const isArchivedHere = (
  { archived }: KnownLives,
  { trackingNumber, bookedAt }: TrackingRegistration,
): boolean => {
  const life = archived.get(trackingNumber)
  return life !== undefined && !(bookedAt && life.endedAt && new Date(bookedAt) > life.endedAt)
}

const bytes = 6

/** Remembers much in little room: 48 bits of each text's hash. Of a million texts two are taken for one once in five hundred times. */
const createMemory = () => {
  const seen = new Set<number>()
  /** Whether the text is new. */
  return (...parts: readonly string[]): boolean => {
    const mark = createHash('sha1').update(parts.join('\n')).digest().readUIntBE(0, bytes)
    const isNew = !seen.has(mark)
    seen.add(mark)
    return isNew
  }
}

/** Foretells what a run makes of one number after the other; nothing is written. */
export const createForecast = (now: Date) => {
  const isNew = createMemory()
  return ({ tracking }: OldParcel, known: KnownLives): NumberOutcome => {
    const { trackingNumber, orderNumber, contact } = tracking
    const order = orderNumber === undefined ? undefined : foldOrderNumber(orderNumber)
    const bringsNews = (): boolean => {
      if (order === undefined) return false
      const parts = ['', ...(contact?.email ? ['email'] : []), ...(contact?.phone ? ['phone'] : [])]
      return parts.map((part) => isNew(trackingNumber, order, part)).includes(true)
    }
    const life = known.lives.get(trackingNumber)
    if (life) {
      const planned = planPast(life, { asked: tracking, now })
      return (planned.outcome === 'order_added' || planned.givesContact) && bringsNews() ? 'joined' : 'here'
    }
    if (isArchivedHere(known, tracking)) return 'here'
    const isFirst = isNew(trackingNumber)
    const isJoining = bringsNews()
    return isFirst ? 'created' : isJoining ? 'joined' : 'here'
  }
}
