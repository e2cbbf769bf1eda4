import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mapRow, shapeOf } from './map-row.ts'
import { readMapping } from './mapping.ts'
import { countRow, emptyReport, keptReport } from './migration-report.ts'

const now = new Date('2026-03-02T04:00:00Z')
const deleteMs = 365 * 86_400_000
const mappingOf = (fields: object) =>
  readMapping(
    JSON.stringify({ name: 'x', source: { csv: { file: 'x.csv' } }, fields: { trackingNumber: 'awb', ...fields } }),
  )
const read = (cells: Record<string, string | null>, fields: object = {}) =>
  mapRow(cells, { mapping: mappingOf(fields), now, deleteMs })
const parcelsOf = (cells: Record<string, string | null>, fields: object = {}) => {
  const row = read(cells, fields)
  if (row.kind !== 'parcels') throw new Error(row.reason)
  return row
}
const status = {
  status: { column: 'state', words: { Done: 'delivered', 'on the road': 'on_its_way', draft: 'leave_out' } },
  endedAt: 'ended',
}

test('a row becomes a parcel with what the mapping names', () => {
  const fields = {
    courier: { value: 'J&T Express' },
    orderNumber: { column: 'id', steps: [{ prefix: '#' }] },
    email: 'mail',
    phone: { column: 'tel', steps: ['digits'] },
    bookedAt: 'made',
    estimatedDelivery: 'eta',
  }
  const cells = {
    awb: ' 6321 4323 9945 ',
    id: '7',
    mail: 'A@Example.com',
    tel: 'Ali: 012-345 6789',
    made: '2026-03-01 10:00',
    eta: '03/03/2026',
  }
  expect(parcelsOf(cells, fields)).toEqual({
    kind: 'parcels',
    trackings: [
      {
        trackingNumber: '632143239945',
        courier: 'J&T Express',
        orderNumber: '#7',
        contact: { email: 'a@example.com', phone: '+60123456789' },
        bookedAt: '2026-03-01T02:00:00.000Z',
        estimatedDelivery: '2026-03-03',
      },
    ],
    end: null,
    warnings: [],
  })
})

test('several numbers in one cell are several parcels, also with a sign of their own between them', () => {
  const numbers = (awb: string, steps: unknown[] = []) =>
    parcelsOf({ awb }, { trackingNumber: { column: 'awb', steps } }).trackings.map(
      ({ trackingNumber }) => trackingNumber,
    )
  expect(numbers('632143239945, 632143239958')).toEqual(['632143239945', '632143239958'])
  expect(numbers('632143239945~632143239958', [{ split: '~' }])).toEqual(['632143239945', '632143239958'])
  expect(numbers('jt-6321.4323.9945', [{ replace: ['jt-', ''] }, { replace: ['.', ''] }])).toEqual(['632143239945'])
})

test('a row without a number, or of a status that is left out, is left out; a note in place of a number cannot be read', () => {
  expect(read({ awb: null })).toMatchObject({ kind: 'left_out', reason: 'The row has no tracking number.' })
  expect(read({ awb: '632143239945', state: 'DRAFT' }, status)).toMatchObject({ kind: 'left_out' })
  expect(read({ awb: 'ask Ali 012' })).toMatchObject({ kind: 'unreadable', shape: 'aaa aaa 999' })
  expect(read({ awb: 'ask\nAli\t012' })).toMatchObject({ kind: 'unreadable', shape: 'aaa aaa 999' })
})

describe('the old status', () => {
  const endOf = (state: string, ended: string | null) => {
    const row = read({ awb: '632143239945', state, ended }, status)
    return row.kind === 'parcels' ? [row.end, row.warnings.length, row.unknownStatus] : row.reason
  }
  test('ends a parcel only with its date, in the past, and not longer ago than parcels are kept', () => {
    expect(endOf(' done ', '2026-02-01')).toEqual([
      { status: 'delivered', at: '2026-01-31T16:00:00.000Z' },
      0,
      undefined,
    ])
    expect(endOf('done', null)).toEqual([null, 1, undefined])
    expect(endOf('done', 'yesterday')).toEqual([null, 2, undefined])
    expect(endOf('done', '2026-04-01')).toEqual([null, 1, undefined])
    expect(endOf('done', '2025-01-01')).toContain('RETENTION_DELETE_AFTER')
  })
  test('that the mapping does not name means nothing and is told, cut short', () => {
    expect(endOf('Shipped', '2026-02-01')).toEqual([null, 0, 'shipped'])
    expect(endOf('x'.repeat(100), null)).toEqual([null, 0, 'x'.repeat(40)])
  })
})

describe('a status column', () => {
  const reportOf = (states: readonly string[]) => {
    const report = emptyReport()
    for (const [place, state] of states.entries())
      countRow(report, {
        key: String(place),
        mapped: mapRow({ awb: '632143239945', state }, { mapping: mappingOf(status), now, deleteMs }),
      })
    return report
  }

  test('that is the wrong one is told by the form of its cells, never with someone’s name or number', () => {
    const names = Array.from({ length: 21 }, (_, place) => `Aisyah ${String.fromCharCode(97 + place)}`)
    expect(reportOf(names).unknownStatuses).toEqual([{ word: 'aaaaaa a', rows: 21, isForm: true }])
    for (const contact of ['Aisyah binti Ali 012-345 6789', 'ali@example.com'])
      expect(JSON.stringify(reportOf(['Shipped', contact, 'Siti']).unknownStatuses)).not.toMatch(
        /ali|siti|shipped|345/i,
      )
  })
  test('is told with its words, in one line each, and kept without', () => {
    const report = reportOf(['Shipped\u001b\u0007\nout', 'Packed'])
    expect(report.unknownStatuses).toEqual([
      { word: 'shipped out', rows: 1 },
      { word: 'packed', rows: 1 },
    ])
    expect(keptReport(report).unknownStatuses).toEqual([
      { word: 'aaaaaaa aaa', rows: 1, isForm: true },
      { word: 'aaaaaa', rows: 1, isForm: true },
    ])
  })
})

test('a date that cannot be read is left out and told by its form alone', () => {
  expect(parcelsOf({ awb: '632143239945', made: 'on Ali’s birthday' }, { bookedAt: 'made' })).toMatchObject({
    warnings: [{ reason: 'bookedAt: This date cannot be read and is left out.', shape: 'aa aaa’a aaaaaaaa' }],
  })
})

test('the form of a cell holds neither a letter nor a digit of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(shapeOf(text)).toMatch(/^(?:[a9]|[^\p{L}\p{N}])*$/u)
      expect(shapeOf(text).length).toBeLessThanOrEqual(80)
    }),
  )
})

test('whatever stands in a row, it is counted once, and the report stays small', () => {
  const cell = fc.option(fc.oneof(fc.string(), fc.constantFrom('632143239945', 'Done', '2026-02-01', '7.02E+15')))
  const row = fc.record({ awb: cell, state: cell, ended: cell, id: cell })
  const mapping = mappingOf({ ...status, orderNumber: 'id' })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), (cells) => {
      const report = emptyReport()
      let parcels = 0
      for (const [place, one] of cells.entries()) {
        const mapped = mapRow(one, { mapping, now, deleteMs })
        if (mapped.kind === 'parcels') parcels += 1
        countRow(report, { key: String(place), mapped })
      }
      expect(report.rows).toBe(cells.length)
      expect(report.leftOut + report.unreadable + parcels).toBe(cells.length)
      expect(report.reasons.length).toBeLessThanOrEqual(50)
      for (const { examples } of report.reasons) expect(examples.length).toBeLessThanOrEqual(5)
      expect(report.unknownStatuses.length).toBeLessThanOrEqual(50)
    }),
    { numRuns: 50 },
  )
})
