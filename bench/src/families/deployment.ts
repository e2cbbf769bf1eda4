import type { Outcome, Size } from '../family.ts'
import { assertGood, runLoad } from '../load/run-load.ts'
import { alternate } from '../rounds.ts'
import { ofRounds, ratios } from '../statistics.ts'

/** The public read of a running deployment, next to its route that touches nothing. Fails on any answer but 200: raise its limits first. */
export const measureDeployment = async (
  { url, numbers }: { url: string; numbers: string[] },
  { connections, rounds, seconds }: Size,
  report: (line: string) => void,
): Promise<Outcome> => {
  const load = async (name: string, list: string[]) => {
    const result = await runLoad({ url, paths: { list }, connections, warmUpSeconds: 0.5, seconds })
    assertGood(name, result)
    return result
  }
  const results = await alternate(
    {
      read: () =>
        load(
          'public read',
          numbers.map((number) => `/v1/track/${number}`),
        ),
      live: () => load('/health/live', ['/health/live']),
    },
    rounds,
    report,
  )
  const rate = (name: 'read' | 'live') => results[name].map(({ perSecond }) => perSecond)
  const p99 = (name: 'read' | 'live') => results[name].map((result) => result.p99)
  return {
    arms: [],
    figures: [
      { text: 'public read', ...ofRounds(rate('read')), unit: 'answers/s' },
      { text: 'public read p99', ...ofRounds(p99('read')), unit: 'ms' },
      { text: '/health/live', ...ofRounds(rate('live')), unit: 'answers/s' },
      { text: '/health/live p99', ...ofRounds(p99('live')), unit: 'ms' },
      { text: 'public read ÷ /health/live', ...ofRounds(ratios(rate('read'), rate('live'))), unit: '×' },
    ],
  }
}
