import { readRegistration, type TrackingRegistration } from '@jejak/contract'
import { type DateField, foldWord, type Mapping, type OldMeaning, type TextField } from './mapping.ts'
import { type OldMoment, readMoment } from './read-moment.ts'

export type Cells = Readonly<Record<string, string | null>>

/** How the old system says that a parcel ended. */
export type OldEnd = { status: 'delivered' | 'returned' | 'cancelled'; at: string }

/** Something about a row that is counted and told; `shape` shows the cell without its letters and digits. */
export type RowNote = { reason: string; shape?: string }

/** What a row becomes: parcels, or nothing, and why. */
export type MappedRow =
  | {
      kind: 'parcels'
      trackings: TrackingRegistration[]
      end: OldEnd | null
      warnings: RowNote[]
      unknownStatus?: string
    }
  | ({ kind: 'left_out' | 'unreadable' } & RowNote)

/** The form of a value without what it says: letters become `a`, digits `9`. */
export const shapeOf = (value: string): string =>
  [...value.slice(0, 40)]
    .map((sign) =>
      sign
        .replace(/\p{L}|\p{M}/u, 'a')
        .replace(/\p{N}/u, '9')
        .replace(/[\p{C}\s]/u, ' '),
    )
    .join('')

const applySteps = (value: string, steps: TextField['steps']): string =>
  steps.reduce((text, step) => {
    if (step === 'upper') return text.toUpperCase()
    if (step === 'lower') return text.toLowerCase()
    if (step === 'digits') return text.replace(/\D/g, '')
    if ('replace' in step) return text.replaceAll(...step.replace)
    if ('prefix' in step) return text === '' ? '' : `${step.prefix}${text}`
    if ('split' in step) return text.split(step.split).join('\n')
    const found = Object.entries(step.words).find(([word]) => foldWord(word) === foldWord(text))
    return found ? found[1] : text
  }, value.trim())

const readText = (cells: Cells, field: TextField | undefined): string | undefined => {
  if (!field) return undefined
  return applySteps(field.value ?? cells[field.column!] ?? '', field.steps) || undefined
}

const noNumber = 'The row has no tracking number.'
const leftOutByStatus = 'The mapping leaves out rows of this status.'
const noEndDate = 'The old system says that it ended, and not when: it is checked as one on its way.'
const futureEnd = 'The old system says that it ends in the future: it is checked as one on its way.'
const tooOld = 'It ended so long ago that it would be deleted at once (RETENTION_DELETE_AFTER).'
const wordMax = 40

type Reading = { mapping: Mapping; alike?: Set<string>; now: Date; deleteMs: number }

/** Reads one row as the mapping says. Pure: the same row and the same moment give the same parcels. */
export const mapRow = (cells: Cells, { mapping, alike, now, deleteMs }: Reading): MappedRow => {
  const { fields } = mapping
  const warnings: RowNote[] = []
  const readDate = (name: string, field: DateField | undefined): OldMoment | undefined => {
    const text = field && cells[field.column]?.trim()
    if (!text) return undefined
    const moment = readMoment(text, { format: field.format, zone: field.zone ?? mapping.zone })
    if (!moment) warnings.push({ reason: `${name}: This date cannot be read and is left out.`, shape: shapeOf(text) })
    return moment
  }
  const trackingNumber = readText(cells, fields.trackingNumber)
  if (trackingNumber === undefined) return { kind: 'left_out', reason: noNumber }
  const { meaning, unknownStatus } = readStatus(cells, mapping)
  if (meaning === 'leave_out') return { kind: 'left_out', reason: leftOutByStatus }
  const read = readRegistration(
    {
      trackingNumber,
      courier: readText(cells, fields.courier),
      orderNumber: readText(cells, fields.orderNumber),
      bookedAt: readDate('bookedAt', fields.bookedAt)?.instant,
      estimatedDelivery: readDate('estimatedDelivery', fields.estimatedDelivery)?.day,
      contact: { email: readText(cells, fields.email), phone: readText(cells, fields.phone) },
    },
    alike,
  )
  if (read.problem) {
    const [error] = read.problem.errors ?? []
    const shape = shapeOf(error?.path === 'orderNumber' ? (readText(cells, fields.orderNumber) ?? '') : trackingNumber)
    return { kind: 'unreadable', reason: error?.message ?? read.problem.detail, shape }
  }
  const { end, note, isTooOld } = readEnd(meaning, { at: readDate('endedAt', fields.endedAt)?.instant, now, deleteMs })
  if (isTooOld) return { kind: 'left_out', reason: tooOld }
  const told = read.warnings.map(({ path, message }) => ({ reason: `${path}: ${message}` }))
  return {
    ...{ kind: 'parcels', trackings: read.trackings, end: end ?? null },
    warnings: [...warnings, ...told, ...(note === undefined ? [] : [{ reason: note }])],
    ...(unknownStatus !== undefined && { unknownStatus }),
  }
}

/** The meaning of an old status; a word that the mapping does not know means nothing and is told. */
const readStatus = (
  cells: Cells,
  { fields: { status } }: Mapping,
): { meaning?: OldMeaning; unknownStatus?: string } => {
  const word = status && foldWord(cells[status.column] ?? '')
  if (!status || !word) return {}
  const meaning = status.words.get(word)
  return meaning ? { meaning } : { unknownStatus: word.replace(/[\p{C}\s]+/gu, ' ').slice(0, wordMax) }
}

type Ended = { at: string | undefined; now: Date; deleteMs: number }

/** An end is believed with its date only: without one, EasyParcel is asked as about any parcel. */
const readEnd = (
  meaning: OldMeaning | undefined,
  { at, now, deleteMs }: Ended,
): { end?: OldEnd; note?: string; isTooOld?: boolean } => {
  if (meaning !== 'delivered' && meaning !== 'returned' && meaning !== 'cancelled') return {}
  if (at === undefined) return { note: noEndDate }
  const ageMs = now.getTime() - Date.parse(at)
  if (ageMs < 0) return { note: futureEnd }
  return ageMs >= deleteMs ? { isTooOld: true } : { end: { status: meaning, at } }
}
