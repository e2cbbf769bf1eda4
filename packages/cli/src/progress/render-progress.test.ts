import { stripVTControlCharacters } from 'node:util'
import { type TrackingStatus, trackingStatuses } from '@jejak/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderLine, renderScreen } from './render-progress.ts'
import type { Snapshot, Title } from './snapshot.ts'

const title: Title = { isDemo: true, speed: 864, publicUrl: 'http://localhost:3000', logDir: '.data/logs' }
const aSnapshot = (trackingsByStatus: Partial<Record<TrackingStatus, number>>): Snapshot => ({
  overview: { trackingsByStatus, dueNow: 12, inFlight: 3, requiringAttention: 1, checks: 12_345, calls: 260 },
  callsToday: 260,
  callsTodayMax: 100_000,
  upMs: 72_000,
  processes: [
    { name: 'API', state: 'running' },
    { name: 'worker', state: 'restarting' },
  ],
})
const plain = (snapshot: Snapshot, columns = 100, of = title) =>
  renderScreen(snapshot, { title: of, columns }).map((line) => stripVTControlCharacters(line))

test('the picture tells parcels by status, checks, calls used of the budget and the addresses', () => {
  const text = plain(aSnapshot({ in_transit: 57, delivered: 103 })).join('\n')
  for (const part of [
    'demo: simulated parcels, 864 times faster than life',
    'up 1 min 12 s',
    'http://localhost:3000/docs',
    '160 parcels   12 due   3 being checked   1 needs attention',
    '12,345 checks in 260 calls (47.5 a call)   260 of 100,000 calls used today',
    'worker restarting',
  ]) {
    expect(text).toContain(part)
  }
  expect(text).toMatch(/in transit +57 {2}█+\n/)
  expect(text).not.toContain('lapsed')
})

test('a real installation is not called a demo', () => {
  expect(plain(aSnapshot({}), 100, { ...title, isDemo: false }).join('\n')).not.toContain('demo')
})

test('an empty installation says how to register parcels', () => {
  expect(plain(aSnapshot({})).join('\n')).toContain('No parcels yet')
})

test('no line is wider than the terminal, however narrow', () => {
  const amounts = fc.dictionary(fc.constantFrom(...trackingStatuses), fc.nat(2_000_000))
  fc.assert(
    fc.property(amounts, fc.integer({ min: 20, max: 250 }), (byStatus, columns) => {
      for (const line of plain(aSnapshot(byStatus), columns)) expect(line.length).toBeLessThanOrEqual(columns)
    }),
  )
})

test('a pipe gets the same as one plain line', () => {
  expect(renderLine(title, aSnapshot({ in_transit: 57, delivered: 103 }))).toBe(
    'demo: simulated parcels, 864 times faster than life; 160 parcels, 57 in transit, 103 delivered; 1 needs attention; 12,345 checks in 260 calls (47.5 a call); 260 of 100,000 calls used today',
  )
})
