import type { z } from 'zod'
import { mapInTurns } from '../../in-turns.ts'
import type { BatchAnswer, ItemAnswer, ScanSource, UnreadValue } from '../client/easyparcel-client.ts'
import { EasyParcelError } from '../client/easyparcel-error.ts'
import { cleanText, numberKey } from './clean-text.ts'
import { foldedOf, joinCopies, type ReadOptions, readScans } from './read-scans.ts'
import { classicAnswer, classicItem, openAnswer, openItem, type WireItem } from './wire.ts'

export type NormaliseOptions = {
  asked: readonly string[]
  now: Date
  defaultZone: string
  httpStatus: number
  requestId: string | null
}

const copiesMax = 10
const unreadMax = 200
const knownItemStatuses = new Set(['success', 'not_found', 'fail', ''])

type SettledItem = { answer: ItemAnswer; unread: UnreadValue[] }

/** Found if anything about the parcel can be read; what EasyParcel says it does not know, and in the classic API what it says nothing about, is not found. */
const settleWithoutScans = (copies: WireItem[], scanCount: number, source: ScanSource): ItemAnswer => {
  if (scanCount > 0) return { kind: 'unreadable', problem: `None of the ${scanCount} scans has a usable date.` }
  if (copies.some((copy) => copy.log === null)) return { kind: 'unreadable', problem: 'The scan log is not a list.' }
  if (source === 'classic') return { kind: 'not_found' }
  if (copies.some((copy) => copy.status === 'success')) return { kind: 'found', scans: [], isWhole: false }
  if (copies.some((copy) => copy.status === 'not_found')) return { kind: 'not_found' }
  return { kind: 'unreadable', problem: `The item has neither scans nor a known status.` }
}

/** An item may come more than once; its copies count as one. */
const settle = (copies: WireItem[], options: ReadOptions): SettledItem => {
  const joined = joinCopies(copies, options)
  const { scans, isWhole, unread } = readScans(joined, options)
  const statuses = copies.map((copy) => copy.status).filter((status) => !knownItemStatuses.has(status))
  const unreadStatuses = statuses.map((value): UnreadValue => ({ kind: 'status', value: cleanText(value, 100) }))
  return {
    answer:
      scans.length > 0
        ? { kind: 'found', scans, isWhole }
        : settleWithoutScans(copies, joined.log.length + joined.latest.length, options.source),
    unread: [...unreadStatuses, ...unread],
  }
}

/** The number that was asked for; one that came as a JSON number has lost its leading zeros and what a double cannot hold. */
const createMatcher = (asked: readonly string[]): ((echoed: string) => string | undefined) => {
  const keys = new Set(asked.map(numberKey))
  const byValue = Map.groupBy(
    [...keys].filter((key) => /^\d+$/.test(key)),
    Number,
  )
  return (echoed) => {
    const key = numberKey(echoed)
    if (keys.has(key)) return key
    const alike = /^\d+(?:\.\d+E\+\d+)?$/.test(key) ? byValue.get(Number(key)) : undefined
    return alike?.length === 1 ? alike[0] : undefined
  }
}

const groupByNumber = async (entries: unknown[], item: z.ZodType<WireItem>, asked: readonly string[]) => {
  const groups = new Map<string, WireItem[]>()
  const match = createMatcher(asked)
  for (const parsed of await mapInTurns(entries, (entry) => item.safeParse(entry))) {
    const key = parsed.success ? match(parsed.data.number) : undefined
    if (!parsed.success || key === undefined) continue
    const copies = groups.get(key) ?? []
    if (copies.length < copiesMax) groups.set(key, [...copies, parsed.data])
  }
  return groups
}

const unique = (values: UnreadValue[]): UnreadValue[] =>
  [...new Map(values.map((value) => [`${value.kind} ${value.value}`, value])).values()].slice(0, unreadMax)

/** Matches by number whatever the order; numbers upstream left out are not found, items no one asked for are ignored. */
const toBatchAnswer = async (
  entries: unknown[],
  item: z.ZodType<WireItem>,
  source: ScanSource,
  { asked, now, defaultZone, httpStatus, requestId }: NormaliseOptions,
): Promise<BatchAnswer> => {
  const groups = await groupByNumber(entries, item, asked)
  // To read a new text takes longest by far: each text may end its turn, and what is read is remembered for what follows.
  const scans = [...groups.values()].flat().flatMap(({ log, latest }) => [log ?? [], latest ?? []].flat())
  await mapInTurns(scans, (scan) => foldedOf(scan, source))
  const settled = new Map(
    await mapInTurns(groups, ([key, copies]) => [key, settle(copies, { source, now, defaultZone })] as const),
  )
  const answerTo = (number: string): ItemAnswer => settled.get(numberKey(number))?.answer ?? { kind: 'not_found' }
  return {
    items: new Map(asked.map((number) => [number, answerTo(number)])),
    requestId,
    httpStatus,
    unread: unique([...settled.values()].flatMap((one) => one.unread)),
  }
}

const malformed = (what: string, { httpStatus, requestId }: NormaliseOptions) =>
  new EasyParcelError({ kind: 'malformed' }, `EasyParcel's answer is not ${what}.`, { httpStatus, requestId })

/** An answer of tracking_status as one entry per number asked for. Rejects with `EasyParcelError` malformed when it is no such answer, nothing else. */
export const normaliseOpen = async (body: unknown, options: NormaliseOptions): Promise<BatchAnswer> => {
  const answer = openAnswer.safeParse(body)
  if (!answer.success) throw malformed('a tracking_status answer', options)
  return toBatchAnswer(answer.data.data.results, openItem, 'open', options)
}

/** The same for a successful EPTrackingBulk answer; the client has turned a refusal into an error before. */
export const normaliseClassic = async (body: unknown, options: NormaliseOptions): Promise<BatchAnswer> => {
  const answer = classicAnswer.safeParse(body)
  if (!answer.success) throw malformed('an EPTrackingBulk answer', options)
  return toBatchAnswer(answer.data.result, classicItem, 'classic', options)
}
