import type { Bench, Family } from '../family.ts'
import { alternate } from '../rounds.ts'
import { median, ofRounds, ratios } from '../statistics.ts'
import { type Claimer, createClaimer } from '../world/claimer.ts'
import { withParcels } from '../world/with-database.ts'

const sizes = (isQuick: boolean) => (isQuick ? [1_000, 2_000, 3_000] : [10_000, 100_000, 1_000_000])

/** Claimers on ever larger databases, all there at once, so that their rounds can alternate. */
const withClaimers = async <T>(
  bench: Bench,
  amounts: readonly number[],
  work: (claimers: Claimer[]) => Promise<T>,
): Promise<T> => {
  const [parcels, ...more] = amounts
  if (parcels === undefined) return work([])
  const now = new Date()
  return withParcels(bench, { name: `claim_${parcels}`, parcels, now, withDocuments: false }, (shop) =>
    withClaimers(bench, more, (claimers) =>
      work([createClaimer(shop, { parcels, clock: { nowMs: now.getTime() } }), ...claimers]),
    ),
  )
}

// The first write to a page after a checkpoint logs all of the page. In a running shop of any size a page is written several times between two
// checkpoints (of a million parcels each page 7 times in a quarter of an hour), so the clock runs once most pages have been written.
const parcelsToWarmUpCall = 1_000

/** Whether opening a call stays as cheap when a shop grows. */
export const claim: Family = {
  about: 'gate, claim and fill of one call at 10 k, 100 k and 1 M parcels',
  run: (bench) => {
    const { isQuick, rounds } = bench.size
    const calls = isQuick ? 5 : 100
    const amounts = sizes(isQuick)
    return withClaimers(bench, amounts, async (claimers) => {
      for (const [at, claimer] of claimers.entries())
        await claimer.openCalls(Math.max(calls, amounts[at]! / parcelsToWarmUpCall))
      const arms = Object.fromEntries(
        claimers.map((claimer, at) => [
          `${amounts[at]!.toLocaleString('en')} parcels`,
          async () => median(await claimer.openCalls(calls)),
        ]),
      )
      const bare = async () => median(await claimers.at(-1)!.bareTransactions(calls))
      const results = await alternate<string, number>({ ...arms, 'a bare transaction': bare }, rounds, bench.report)
      const [smallest, , largest, bareMs] = Object.values(results)
      return {
        arms: Object.entries(results).map(([name, ms]) => ({ name, unit: 'ms a call, median', values: ms })),
        figures: [
          { goal: 'claim ÷ bare transaction', ...ofRounds(ratios(largest!, bareMs!)) },
          { text: 'the same at the largest ÷ at the smallest', ...ofRounds(ratios(largest!, smallest!)), unit: '×' },
          { text: 'the bare transaction', ...ofRounds(bareMs!), unit: 'ms' },
          { text: 'opening a call at the largest', ...ofRounds(largest!), unit: 'ms' },
        ],
        notes: [`${calls} calls a round, 40 parcels due and 10 seats to fill at each`],
      }
    })
  },
}
