import { isTerminal, type TrackingStatus, trackingStatuses } from '@jejak/contract'
import { describe, expect, test } from 'vitest'
import { classifyScan } from './classify-scan.ts'
import { type CourierText, readCorpus } from './testing/courier-texts.ts'

/** The code under which EasyParcel would plausibly send a text of each status. */
const coarseCode: Partial<Record<TrackingStatus, number>> = {
  pending: 7,
  info_received: 7,
  collected: 3,
  attempt_failed: 8,
  on_hold: 8,
  exception: 8,
  returning: 8,
  delivered: 5,
  returned: 6,
  cancelled: 0,
}
const codeOf = (row: CourierText) => coarseCode[row.wanted] ?? 4
const textAlone = (row: CourierText) => classifyScan('classic', null, row.text).status
const withCode = (row: CourierText) => classifyScan('open', codeOf(row), row.text).status
/** A text that says nothing leaves the parcel where the code puts it. */
const wantedWithCode = (row: CourierText) => (row.wanted === 'unknown' ? 'in_transit' : row.wanted)

type Judge = (row: CourierText) => TrackingStatus
const share = (rows: CourierText[], got: Judge, wanted: Judge) =>
  rows.filter((row) => got(row) === wanted(row)).length / rows.length

const short = (status: string) => status.slice(0, 9).padStart(10)
/** Rows are what the text means, columns what we read; only columns in use. */
const confusionTable = (title: string, rows: CourierText[], got: Judge, wanted: Judge): string => {
  const cells = new Map<string, number>()
  for (const row of rows) {
    const cell = `${wanted(row)}>${got(row)}`
    cells.set(cell, (cells.get(cell) ?? 0) + 1)
  }
  const used = trackingStatuses.filter((status) => rows.some((row) => got(row) === status || wanted(row) === status))
  const line = (status: TrackingStatus) =>
    `${status.padEnd(17)}${used.map((column) => String(cells.get(`${status}>${column}`) ?? '·').padStart(10)).join('')}`
  const right = `${(100 * share(rows, got, wanted)).toFixed(1)} % of ${rows.length} right`
  return [`${title}: ${right}`, `${''.padEnd(17)}${used.map(short).join('')}`, ...used.map(line)].join('\n')
}

const corpus = readCorpus()
const sourced = corpus.filter((row) => !row.judged)
const judged = corpus.filter((row) => row.judged)
const wanted = (row: CourierText) => row.wanted

describe('the published courier texts, all of which the rules were written with', () => {
  test('the confusion table is printed for people to read', () => {
    const tables = [
      confusionTable('documented and context rows, text alone', sourced, textAlone, wanted),
      confusionTable('documented and context rows, with a coarse code', sourced, withCode, wantedWithCode),
      confusionTable('judgement rows, text alone', judged, textAlone, wanted),
      confusionTable('judgement rows, with a coarse code', judged, withCode, wantedWithCode),
    ]
    console.log(`\n${tables.join('\n\n')}\n`)
    expect(sourced.length + judged.length).toBeGreaterThan(700)
  })

  test('almost every text whose meaning its source states is read as that', () => {
    expect(share(sourced, textAlone, wanted)).toBeGreaterThanOrEqual(0.98)
    expect(share(sourced, withCode, wantedWithCode)).toBeGreaterThanOrEqual(0.98)
  })

  test('most texts whose meaning may be argued are read as we argue', () => {
    expect(share(judged, textAlone, wanted)).toBeGreaterThanOrEqual(0.92)
    expect(share(judged, withCode, wantedWithCode)).toBeGreaterThanOrEqual(0.92)
  })

  test('no living parcel is ever read as delivered, returned or cancelled', () => {
    const falseEnds = corpus.filter((row) => !isTerminal(row.wanted) && isTerminal(textAlone(row)))
    expect(falseEnds).toEqual([])
    const falseEndsWithCode = corpus.filter((row) => !isTerminal(row.wanted) && isTerminal(withCode(row)))
    expect(falseEndsWithCode).toEqual([])
  })

  test('no parcel is read as ended in another way than it did', () => {
    const wrongEnds = corpus.filter((row) => isTerminal(textAlone(row)) && textAlone(row) !== row.wanted)
    expect(wrongEnds).toEqual([])
  })
})
