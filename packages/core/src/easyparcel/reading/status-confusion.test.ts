import { isTerminal, type TrackingStatus, trackingStatuses } from '@jejak/contract'
import { describe, expect, test } from 'vitest'
import { type CourierText, readCorpus, readNearMisses } from '../testing/courier-texts.ts'
import { readUnseen } from '../testing/unseen-wording.ts'
import { readText, type TextReading } from '../texts/read-text.ts'
import { classifyScan } from './classify-scan.ts'
import { openApiCodes } from './status-codes.ts'

/** The code under which EasyParcel would plausibly send a text of each status: 4 for the rest, none for a text that says nothing. */
const usualCode: Partial<Record<TrackingStatus, number>> = {
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
const codeOf = ({ wanted }: CourierText) => (wanted === 'unknown' ? null : (usualCode[wanted] ?? 4))

/** What the code makes of a reading. Stricter than classifyScan where the code ends the parcel's life: there any other reading counts as a mistake. */
const underUsualCode = (row: CourierText, reading: TextReading | null): TrackingStatus => {
  const line = openApiCodes.find(({ code }) => code === codeOf(row))
  if (!line) return reading?.status ?? 'unknown'
  if (!reading || reading.status === 'unknown') return line.status
  return isTerminal(line.status) || line.refinesTo.includes(reading.status) ? reading.status : line.status
}

type Verdict = { row: CourierText; got: TrackingStatus; isRead: boolean }
const alone = (row: CourierText, reading: TextReading | null): Verdict => {
  return { row, got: reading?.status ?? 'unknown', isRead: reading !== null && reading.status !== 'unknown' }
}
const coded = (row: CourierText, reading: TextReading | null): Verdict => {
  return { ...alone(row, reading), got: underUsualCode(row, reading) }
}

const isRight = ({ row, got }: Verdict) => got === row.wanted
const isWrong = (verdict: Verdict) => !isRight(verdict) && verdict.isRead
const isFalseEnd = (verdict: Verdict) => !isRight(verdict) && isTerminal(verdict.got)
const percent = (verdicts: readonly Verdict[], is: (verdict: Verdict) => boolean) =>
  (100 * verdicts.filter(is).length) / verdicts.length
const isUnread = (verdict: Verdict) => !isRight(verdict) && !verdict.isRead

/** Right, wrong and unread in percent and false ends, of all texts and of each status. */
const table = (title: string, verdicts: readonly Verdict[]): string => {
  const line = (name: string, rows: readonly Verdict[]) => {
    const shares = [isRight, isWrong, isUnread].map((is) => `${percent(rows, is).toFixed(1)} %`)
    return `| ${[name, rows.length, ...shares, rows.filter(isFalseEnd).length].join(' | ')} |`
  }
  const statuses = trackingStatuses.filter((status) => verdicts.some(({ row }) => row.wanted === status))
  const ofStatus = (status: TrackingStatus) => verdicts.filter(({ row }) => row.wanted === status)
  const head = `| ${title} | Texts | Right | Wrong | Unread | False endings |\n| --- | --- | --- | --- | --- | --- |`
  return [head, line('all', verdicts), ...statuses.map((status) => line(`\`${status}\``, ofStatus(status)))].join('\n')
}

const corpus = readCorpus()
const firm = corpus.filter((row) => !row.judged)
const judged = corpus.filter((row) => row.judged)
const seen = (rows: readonly CourierText[], judge: typeof alone) => rows.map((row) => judge(row, readText(row.text)))

describe('the published courier texts, all of which the words were collected from', () => {
  test('almost every text whose meaning its source states is read as that', () => {
    expect(percent(seen(firm, coded), isRight)).toBeGreaterThanOrEqual(97)
    expect(percent(seen(firm, alone), isRight)).toBeGreaterThanOrEqual(94)
    const classified = firm.map((row) => ({
      row,
      got: classifyScan({ source: 'open', code: codeOf(row), text: row.text }).status,
      isRead: true,
    }))
    expect(percent(classified, isRight)).toBeGreaterThanOrEqual(97)
  })

  test('most texts whose meaning may be argued are read as we argue', () => {
    expect(percent(seen(judged, coded), isRight)).toBeGreaterThanOrEqual(82)
  })

  test('no text is read as an ending that it does not tell', () => {
    expect([...seen(corpus, alone), ...seen(corpus, coded)].filter(isFalseEnd)).toEqual([])
  })

  test.each(readNearMisses())('"%s" ends nothing', (text) => {
    expect(isTerminal(readText(text)?.status ?? 'unknown')).toBe(false)
  })
})

const readings = readUnseen(corpus)
const unseen = (judge: typeof alone) => firm.map((row) => judge(row, readings.get(row) ?? null))

test('how well texts are read stands in the guide', async () => {
  const page = [
    '# How well texts of couriers are read',
    'Made by `packages/core/src/easyparcel/reading/status-confusion.test.ts`; do not edit. [Status mapping](status-mapping.md#how-well-it-reads) says what the figures mean. After a\nchange, `vitest run --project pure packages/core/src/easyparcel/reading/status-confusion.test.ts -u` writes this page again.',
    '## All words known',
    table('Firm, under its usual code', seen(firm, coded)),
    table('Firm, without a code', seen(firm, alone)),
    table('Judgement, under its usual code', seen(judged, coded)),
    table('Judgement, without a code', seen(judged, alone)),
    '## Wording not seen before',
    table('Firm, under its usual code', unseen(coded)),
    table('Firm, without a code', unseen(alone)),
  ]
  expect(corpus.length).toBeGreaterThan(1500)
  await expect(`${page.join('\n\n')}\n`).toMatchFileSnapshot('../../../../../docs/courier-texts.md')
})

describe('wording not seen before: each text read without the words and lines known from its own source alone', () => {
  test('nine of ten are read right, few wrong, and none as a false end', () => {
    expect(percent(unseen(coded), isRight)).toBeGreaterThanOrEqual(90)
    expect(percent(unseen(coded), isWrong)).toBeLessThanOrEqual(5)
    expect([...unseen(coded), ...unseen(alone)].filter(isFalseEnd)).toEqual([])
  })

  test.each(['out_for_delivery', 'attempt_failed', 'ready_for_pickup'])(
    'most of what means %s is read as that',
    (status) => {
      const verdicts = unseen(coded).filter(({ row }) => row.wanted === status)
      expect(percent(verdicts, isRight)).toBeGreaterThanOrEqual(88)
    },
  )
})
