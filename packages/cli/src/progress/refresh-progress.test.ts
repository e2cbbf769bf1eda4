import type { RefreshRun } from '@jejak/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderRefreshLine, watchRefresh } from './refresh-progress.ts'

const nothing = { waiting: 0, asked: 0, changed: 0, unchanged: 0, notFound: 0, failed: 0, skipped: 0, cancelled: 0 }
const aRun = (progress: Partial<RefreshRun['progress']>, given: Partial<RefreshRun> = {}): RefreshRun => {
  const all = { ...nothing, ...progress }
  return {
    ...{
      id: '1',
      state: 'running',
      askedBy: 'console',
      chosen: {},
      asOf: '2026-11-29T00:00:00.000Z',
      withEnded: false,
    },
    parcels: Object.values(all).reduce((sum, amount) => sum + amount, 0),
    leftOut: { ended: 0, inFlight: 0, failsUpstream: 0, inAnotherRun: 0, unknown: 0 },
    progress: all,
    ...{ startedAt: '2026-11-29T00:00:00.000Z', endedAt: null, estimatedEnd: null, waits: [] },
    ...given,
  }
}

test('a line tells how much of a run is done, and what it waits for', () => {
  const until = '2026-11-29T01:00:00.000Z'
  const run = aRun(
    { waiting: 5, asked: 1, changed: 4 },
    { waits: [{ connectionId: '1', wait: { reason: 'paced', until } }] },
  )
  expect(renderRefreshLine(run)).toBe(
    `[############------------------] 40 %  4 of 10, 1 being asked; waits: paced until ${until}`,
  )
})

test('the bar always has the same width, and is full only when all is done', () => {
  fc.assert(
    fc.property(fc.nat(50_000), fc.nat(50_000), (waiting, changed) => {
      const line = renderRefreshLine(aRun({ waiting, changed }))
      expect(line).toMatch(/^\[[#-]{30}\] \d{1,3} %/)
      expect(line.includes('100 %')).toBe(waiting === 0)
    }),
  )
})

test('a run is watched until it has ended; a pipe gets a line for each change', async () => {
  const runs = [aRun({ waiting: 2 }), aRun({ waiting: 2 }), aRun({ asked: 2 }), aRun({ changed: 2 }, { state: 'done' })]
  const written: string[] = []
  const write = ((text: string) => written.push(text) > 0) as NodeJS.WriteStream['write']
  const last = await watchRefresh({
    out: { write, isTTY: false },
    look: async () => runs.shift()!,
    wait: async () => {},
  })
  expect(last.state).toBe('done')
  expect(written).toHaveLength(3)
})
