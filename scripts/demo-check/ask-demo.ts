import type { Seen, Truth } from './compare-with-truth.ts'

export type DemoAddresses = { readonly api: string; readonly simulator: string }

const getJson = async (url: string, headers: Record<string, string> = {}): Promise<unknown> => {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.json()
}

type Document = { status: string; events: unknown[] }
// Asking like a crowd would meet the limits of one address, and say nothing about the parcels.
const atOnce = 10

/** Every parcel that the simulator knows. */
export const readTruths = async ({ simulator }: DemoAddresses): Promise<Truth[]> =>
  (await getJson(`${simulator}/_control/truth`)) as Truth[]

/** When the simulator's clock began. */
export const readStartedAt = async ({ simulator }: DemoAddresses): Promise<number> =>
  Date.parse(((await getJson(`${simulator}/_control/clock`)) as { startedAt: string }).startedAt)

/** What an anonymous reader gets for a number; undefined when it is not found. */
export const readAsAnyone = async ({ api }: DemoAddresses, number: string): Promise<Seen | undefined> => {
  const response = await fetch(`${api}/v1/track/${number}`, { signal: AbortSignal.timeout(10_000) })
  if (response.status === 404) return undefined
  if (!response.ok) throw new Error(`Reading ${number} answered ${response.status}`)
  const { status, events } = (await response.json()) as Document
  return { status, events: events.length }
}

/** The same for many; those that are not found are left out. */
export const readAllAsAnyone = async (addresses: DemoAddresses, numbers: readonly string[]) => {
  const seen = new Map<string, Seen>()
  const readOne = async (number: string) => {
    const found = await readAsAnyone(addresses, number)
    if (found) seen.set(number, found)
  }
  for (let from = 0; from < numbers.length; from += atOnce)
    await Promise.all(numbers.slice(from, from + atOnce).map(readOne))
  return seen
}

export const readOverview = async ({ api }: DemoAddresses, apiKey: string) =>
  (await getJson(`${api}/v1/operator/overview`, { authorization: `Bearer ${apiKey}` })) as {
    checks: number
    calls: number
  }
