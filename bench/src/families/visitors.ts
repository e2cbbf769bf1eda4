import type { Bench, Family, Figure } from '../family.ts'
import type { LoadResult } from '../load/load-plan.ts'
import { runLoad, runVisits } from '../load/run-load.ts'
import type { VisitPlan, VisitResult } from '../load/visit-plan.ts'
import { type Checked, startCheckingWorker } from '../world/checking-worker.ts'
import { firstNumber } from '../world/seed.ts'
import { withParcels, withServers } from '../world/with-database.ts'

type Manner = Pick<VisitPlan, 'arriveSeconds' | 'seconds' | 'stayMs' | 'liveAfterMs'>
type Plan = { people: number; parcels: number; nonstopSeconds: number; manner: Manner }

const aVisit = 'a page, widget.js the first time, the live stream 1.5 s later, and after 3–9 s in all the next page'

const planOf = ({ isQuick, seconds }: Bench['size']): Plan =>
  isQuick
    ? {
        people: 20,
        parcels: 2_000,
        nonstopSeconds: seconds,
        manner: { arriveSeconds: 0.5, seconds, stayMs: [200, 400], liveAfterMs: 100 },
      }
    : {
        people: 1_000,
        parcels: 200_000,
        nonstopSeconds: 15,
        manner: { arriveSeconds: 5, seconds: 60, stayMs: [3_000, 9_000], liveAfterMs: 1_500 },
      }

/** The widget's address as the pages of this process name it. */
const widgetPathOf = async (url: string): Promise<string> => {
  const page = await (await fetch(`${url}/`)).text()
  const found = /\/widget\.js\?v=\w+/.exec(page)?.[0]
  if (!found) throw new Error('pages name no widget, it is not built: pnpm --filter @jejak/widget run build')
  return found
}

/** The same load on the API and on the bare server, one after the other, while a worker checks. */
const measure = ({ world, size, report }: Bench, plan: Plan, shop: Parameters<typeof startCheckingWorker>[1]) =>
  withServers(async (keep) => {
    const { people, parcels, nonstopSeconds, manner } = plan
    const range = { from: firstNumber, count: parcels }
    const api = await keep(world.startApi(shop.url))
    const hello = await keep(world.startHello())
    const worker = await keep(startCheckingWorker(world, shop))
    const widgetPath = await widgetPathOf(api.url)
    const crowd = { ...manner, ...range, visitors: people }
    report(`${people} visitors for ${manner.seconds} s`)
    const begunAt = new Date()
    const visits = await runVisits({ ...crowd, url: api.url, widgetPath })
    const checked = await worker.checkedSince(begunAt)
    if (checked.changed === 0 && !size.isQuick) throw new Error('the worker changed nothing meanwhile')
    report('as many at bare hello')
    const bareVisits = await runVisits({ ...crowd, url: hello.url, widgetPath: null })
    report(`${people} connections that never pause`)
    const nonstop = { connections: people, warmUpSeconds: size.isQuick ? 0 : 1, seconds: nonstopSeconds }
    const reads = await runLoad({ ...nonstop, url: api.url, paths: { prefix: '/v1/track/', ...range } })
    const bareReads = await runLoad({ ...nonstop, url: hello.url, paths: { list: ['/'] } })
    return { visits, checked, bareVisits, reads, bareReads }
  })
type Measured = Awaited<ReturnType<typeof measure>>

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, times) => total + times, 0)
const errorsOfLoad = ({ statuses: { 200: _good, ...others }, failed }: LoadResult): number => failed + sum(others)
const errorsOf = ({ refused, failed }: VisitResult): number => failed + sum(refused)

const visitFigures = ({ visits, bareVisits }: Measured, { people, manner }: Plan): Figure[] => {
  const all = `visits of ${people.toLocaleString('en')} people in ${manner.arriveSeconds + manner.seconds} s`
  return [
    { text: `${all}; a visit: ${aVisit}`, value: visits.visits, unit: 'visits' },
    { text: 'errors among them', value: errorsOf(visits), unit: 'errors' },
    { text: 'p99 of a page, to its last byte', value: visits.page.p99, unit: 'ms' },
    { text: 'p99 of bare hello, asked in the same way', value: bareVisits.page.p99, unit: 'ms' },
    { text: 'longest wait for a page', value: visits.page.longest, unit: 'ms' },
    { text: 'longest wait for bare hello, asked in the same way', value: bareVisits.page.longest, unit: 'ms' },
    { text: 'p99 of a live stream, to its first document', value: visits.live.p99, unit: 'ms' },
  ]
}

const checkFigures = ({ calls, failed, changed }: Checked, news: number): Figure[] => [
  { text: 'calls of the worker during the visits', value: calls, unit: 'calls' },
  { text: 'calls of these that failed', value: failed, unit: 'calls' },
  { text: 'parcels that they changed', value: changed, unit: 'parcels' },
  { text: 'changes of these that a visitor was shown live', value: news, unit: 'changes' },
]

const nonstopFigures = ({ reads, bareReads }: Measured, { people, nonstopSeconds }: Plan): Figure[] => [
  {
    text: `public reads by ${people.toLocaleString('en')} connections that never pause, ${nonstopSeconds} s`,
    value: reads.perSecond,
    unit: 'answers/s',
  },
  { text: 'errors among those reads', value: errorsOfLoad(reads), unit: 'errors' },
  { text: 'p99 of those reads', value: reads.p99, unit: 'ms' },
  { text: 'p99 of bare hello, asked like those reads', value: bareReads.p99, unit: 'ms' },
  { text: 'longest of those reads', value: reads.longest, unit: 'ms' },
  { text: 'longest wait for bare hello, asked like those reads', value: bareReads.longest, unit: 'ms' },
]

const armsOf = ({ visits, bareVisits, reads, bareReads }: Measured) => {
  const arm = (name: string, unit: string, value: number) => ({ name, unit, values: [value] })
  return [
    arm('page', 'visits: p99, ms', visits.page.p99),
    arm('live stream', 'visits: p99, ms', visits.live.p99),
    arm('bare hello', 'visits: p99, ms', bareVisits.page.p99),
    arm('public read', 'never pausing: answers/s', reads.perSecond),
    arm('bare hello', 'never pausing: answers/s', bareReads.perSecond),
    arm('public read', 'never pausing: p99, ms', reads.p99),
    arm('bare hello', 'never pausing: p99, ms', bareReads.p99),
  ]
}

/** A busy day at once, with a worker checking beside it. */
export const visitors: Family = {
  about: '1,000 people at tracking pages for a minute while a worker checks: errors and waits, next to bare Fastify',
  run: (bench) => {
    const plan = planOf(bench.size)
    const seed = { name: 'visitors', parcels: plan.parcels, now: new Date(), withDocuments: true }
    return withParcels(bench, seed, async (shop) => {
      const measured = await measure(bench, plan, shop)
      const { visits, checked, bareVisits, reads, bareReads } = measured
      return {
        arms: armsOf(measured),
        figures: [
          ...visitFigures(measured, plan),
          ...checkFigures(checked, visits.news),
          ...nonstopFigures(measured, plan),
        ],
        notes: Object.entries({ visits, checked, bareVisits, reads, bareReads }).map(
          ([name, result]) => `${name}: ${JSON.stringify(result)}`,
        ),
      }
    })
  },
}
