import { isTerminal, type Substatus, type TrackingStatus } from '@jejak/contract'
import type { AnswerFlag, ScanSource } from '../client/easyparcel-client.ts'
import { foldText } from '../texts/fold-text.ts'
import { type OwnTexts, ownTextOf, ownTexts } from '../texts/own-texts.ts'
import { readText, type TextReading } from '../texts/read-text.ts'
import { statementOf } from './statements.ts'
import { type CodeLine, classicCodes, classicWords, openApiCodes, supersededCodes } from './status-codes.ts'

/** What was said, as far as its meaning depends on it: EasyParcel's coarse code (null when it gave none) and the courier's text. */
export type Said = { source: ScanSource; code: number | null; text: string }

export type Classification = { status: TrackingStatus; substatus: Substatus | null; flags: AnswerFlag[] }

type Reading = Pick<TextReading, 'status' | 'substatus' | 'names'> & Partial<TextReading>

const byCode = (lines: readonly CodeLine[]) => new Map(lines.map((line) => [line.code, line]))
const codeTables = { open: byCode(openApiCodes), webhook: byCode(openApiCodes), classic: byCode(classicCodes) }
const onceMeantUnderWay = new Set(supersededCodes.filter((line) => !isTerminal(line.status)).map((line) => line.code))
const wordTable = new Map(classicWords.map((line) => [foldText(line.word), line]))

/** What the installation says goes before what Jejak knows. */
const readSaid = ({ source, text }: Said, own: OwnTexts): Reading | null => {
  const said = ownTextOf(text, own)
  if (said) return { status: said.status, substatus: said.substatus, names: null }
  const line = source === 'classic' ? wordTable.get(foldText(text)) : undefined
  return line ? { status: line.status, substatus: line.substatus ?? null, names: null } : readText(text)
}

const meant = ({ status, substatus }: Reading) => ({ status, substatus })

/** No one could read the text; a text that was read and says nothing is not flagged. */
const unread = (reading: Reading | null, text: string): AnswerFlag[] =>
  reading === null && text.trim() !== '' ? ['unknown_text'] : []

const withoutCode = (reading: Reading | null, text: string): Classification =>
  reading ? { ...meant(reading), flags: [] } : { status: 'unknown', substatus: null, flags: unread(reading, text) }

const underUnknownCode = (reading: Reading | null, text: string): Classification => {
  if (reading && isTerminal(reading.status)) {
    return { status: 'unknown', substatus: null, flags: ['unknown_code', 'text_claims_an_end'] }
  }
  return {
    status: reading?.status ?? 'unknown',
    substatus: reading?.substatus ?? null,
    flags: ['unknown_code', ...unread(reading, text)],
  }
}

/** What denies the end of a code: a parcel that could not be handed over is not delivered, one on its way back is not yet returned. */
const deniedBy: Partial<Record<TrackingStatus, readonly TrackingStatus[]>> = {
  delivered: ['attempt_failed', 'ready_for_pickup', 'on_hold', 'returning'],
  returned: ['returning'],
}
const keptAlive = (reading: Reading): Classification => ({
  ...(reading.status === 'unknown' ? { status: 'in_transit', substatus: null } : meant(reading)),
  flags: ['kept_alive_against_code'],
})

/** What a text makes of an end that it denies, or of one by which the sender has the parcel. */
const notThisEnd = (line: CodeLine, reading: Reading | null): Classification | null => {
  if (!reading || isTerminal(reading.status)) return null
  if (reading.denied) return keptAlive(reading)
  if (!reading.senderHas) return null
  return { status: 'returned', substatus: null, flags: line.status === 'delivered' ? ['end_in_doubt'] : [] }
}
const eitherEnd: ReadonlySet<TrackingStatus> = new Set(['delivered', 'returned'])

/**
 * A code that ends the parcel's life holds, unless the text denies it, names the other end, or shows that the superseded table was meant
 * (docs/easyparcel.md). Whatever contradicts an end is flagged.
 */
const underEndingCode = (line: CodeLine, reading: Reading | null, text: string): Classification => {
  const otherwise = eitherEnd.has(line.status) ? notThisEnd(line, reading) : null
  if (otherwise) return otherwise
  const saysUnderWay = reading?.status === 'in_transit' || reading?.status === 'out_for_delivery'
  if (onceMeantUnderWay.has(line.code) && saysUnderWay) {
    return { status: 'in_transit', substatus: null, flags: ['kept_alive_against_code'] }
  }
  const own = { status: line.status, substatus: line.substatus }
  if (!reading) return { ...own, flags: unread(reading, text) }
  if (reading.status === 'unknown')
    return { ...own, flags: reading.names === null || reading.names === line.status ? [] : ['end_in_doubt'] }
  if (reading.status === line.status) return { ...meant(reading), flags: [] }
  if (deniedBy[line.status]?.includes(reading.status)) return keptAlive(reading)
  if (eitherEnd.has(line.status) && eitherEnd.has(reading.status)) return { ...meant(reading), flags: ['end_in_doubt'] }
  return { ...own, flags: ['end_in_doubt'] }
}

const alternatives = (words: string) => `(?:${words})s?\\b`
const order = alternatives('order|booking|shipment|consignment|parcel|package|item|waybill|awb')
const otherThing = alternatives(
  'flight|trip|delivery|redelivery|pickup|collection|attempt|appointment|driver|rider|vehicle|truck|lorry|vessel|route|departure|arrival|loading|scan|return|label|link|manifest|request\\w*',
)
const cancelsOrder = new RegExp(
  `^cancel\\w*(?: by [\\w ]+)?$|\\b${order}(?: \\w+){0,4} cancel|\\bcancel\\w*(?: of| the| this| your)* ${order}|^(?:(?:telah|sudah) )?dibatalkan(?: oleh [\\w ]+)?$|\\b(?:pesanan|tempahan|kiriman|bungkusan)(?: \\w+){0,4} (?:di)?batal|^(?:已|已经|被)*取消$|(?:订单|运单|物流单|包裹|快件)(?:已|已经|被|由|系统|客户|买家|卖家)*取消|取消(?:了|该)?(?:订单|运单)`,
)
const cancelsOther = new RegExp(
  `\\b${otherThing}(?: \\w+){0,3} cancel|\\bcancel\\w*(?: of| the| this| by)* (?:courier\\b|${otherThing})`,
)

/** EasyParcel documents a cancelled parcel under code 8 (docs/easyparcel.md). A flight, a trip or a delivery may be cancelled, too: that ends nothing. */
const isCancelled = (reading: Reading | null, text: string): boolean => {
  const words = foldText(text)
  return (!reading || reading.status === 'cancelled') && cancelsOrder.test(words) && !cancelsOther.test(words)
}

/** A code under which the parcel lives on: the text may refine it within `refinesTo`. */
const underLivingCode = (line: CodeLine, reading: Reading | null, text: string): Classification => {
  const own = { status: line.status, substatus: line.substatus }
  if (!reading || reading.status === 'unknown') return { ...own, flags: unread(reading, text) }
  if (line.refinesTo.includes(reading.status)) {
    const substatus = reading.substatus ?? (reading.status === line.status ? line.substatus : null)
    return { status: reading.status, substatus, flags: [] }
  }
  return { ...own, flags: [isTerminal(reading.status) ? 'text_claims_an_end' : 'code_text_mismatch'] }
}

/** Classic code 5 says only that something ended: without a text that says what, the parcel stays `unknown` and flagged. */
const underEitherEnd = (line: CodeLine, reading: Reading | null): Classification => {
  const otherwise = notThisEnd(line, reading)
  if (otherwise) return otherwise
  if (reading && line.refinesTo.includes(reading.names ?? reading.status))
    return { status: reading.names ?? reading.status, substatus: reading.substatus, flags: [] }
  if (!reading || reading.status === 'unknown') return { status: 'unknown', substatus: null, flags: ['unknown_text'] }
  if (isTerminal(reading.status)) return { status: 'unknown', substatus: null, flags: ['code_text_mismatch'] }
  return keptAlive(reading)
}

/**
 * What one scan means. The text refines within what the code permits.
 * Only words that cancel the order under code 8 end a life against the code, and whatever keeps one alive against it is flagged. Never throws. See docs/status-mapping.md.
 */
export const classifyScan = (said: Said, own: OwnTexts = ownTexts()): Classification => {
  const { source, code, text } = said
  if (source === 'staff' || source === 'import') return { ...statementOf(text), flags: [] }
  const reading = readSaid(said, own)
  if (code === null) return withoutCode(reading, text)
  const line = codeTables[source].get(code)
  if (!line) return underUnknownCode(reading, text)
  if (isTerminal(line.status)) return underEndingCode(line, reading, text)
  if (line.status === 'unknown') return underEitherEnd(line, reading)
  if (source !== 'classic' && code === 8 && isCancelled(reading, text))
    return { status: 'cancelled', substatus: null, flags: [] }
  return underLivingCode(line, reading, text)
}
