import { expect, test } from 'vitest'
import { progressView, type Terminal } from './progress-view.ts'
import type { Snapshot } from './snapshot.ts'

const title = { isDemo: false, speed: 1, publicUrl: 'http://localhost:3000', logDir: '.data/logs' }
const snapshot: Snapshot = {
  overview: { trackingsByStatus: { delivered: 1 }, dueNow: 0, inFlight: 0, requiringAttention: 0, checks: 1, calls: 1 },
  callsToday: 1,
  callsTodayMax: 10,
  upMs: 0,
  processes: [],
}

const aTerminal = (isTTY: boolean) => {
  const written: string[] = []
  const write = ((text: string) => written.push(text) > 0) as Terminal['write']
  return { written, out: { write, isTTY, columns: 80, rows: 24 } satisfies Terminal }
}

test('a pipe gets one line every ten seconds, and every event at once', () => {
  const { written, out } = aTerminal(false)
  let at = Date.parse('2026-03-02T02:00:00Z')
  const view = progressView(out, { title, now: () => new Date(at) })
  for (let second = 0; second <= 20; second++, at += 1000) view.show(snapshot)
  view.event('The worker was ended by SIGKILL.')
  expect(written).toHaveLength(4)
  expect(written[0]).toMatch(/^2026-03-02T02:00:00.000Z 1 parcel, 1 delivered;.*\n$/)
  expect(written[3]).toBe('2026-03-02T02:00:21.000Z The worker was ended by SIGKILL.\n')
})

test('a terminal is redrawn in place, with events above the picture', () => {
  const { written, out } = aTerminal(true)
  const view = progressView(out, { title, now: () => new Date(0) })
  view.show(snapshot)
  const height = written[0]!.split('\n').length - 1
  view.show(snapshot)
  view.event('Something happened')
  expect(written[1]!.startsWith(`\x1b[${height}A\r\x1b[J`)).toBe(true)
  expect(written[2]!.startsWith(`\x1b[${height}A\r\x1b[JSomething happened\n`)).toBe(true)
  expect(written[2]!.split('\n')).toHaveLength(height + 2)
})
