import type { Seen, Truth } from './compare-with-truth.ts'

export type DemoAddresses = { readonly api: string; readonly simulator: string }

const getJson = async (url: string, headers: Record<string, string> = {}): Promise<unknown> => {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.json()
}

type Document = { status: string; events: unknown[] }
const atOnce = 20

/** Every parcel that the simulator knows. */
export const readTruths = async ({ simulator }: DemoAddresses): Promise<Truth[]> =>
  (await getJson(`${simulator}/_control/truth`)) as Truth[]

/** When the simulator's clock began. */
export const readStartedAt = async ({ simulator }: DemoAddresses): Promise<number> =>
  Date.parse(((await getJson(`${simulator}/_control/clock`)) as { startedAt: string }).startedAt)

/** What an anonymous reader gets for each number; those that are not found are left out. */
export const readAsAnyone = async ({ api }: DemoAddresses, numbers: readonly string[]): Promise<Map<string, Seen>> => {
  const seen = new Map<string, Seen>()
  const readOne = async (number: string) => {
    const document = (await getJson(`${api}/v1/track/${number}`).catch(() => undefined)) as Document | undefined
    if (document) seen.set(number, { status: document.status, events: document.events.length })
  }
  for (let from = 0; from < numbers.length; from += atOnce)
    await Promise.all(numbers.slice(from, from + atOnce).map(readOne))
  return seen
}

export const readOverview = async ({ api }: DemoAddresses, apiKey: string) =>
  (await getJson(`${api}/v1/admin/overview`, { authorization: `Bearer ${apiKey}` })) as {
    checks: number
    calls: number
  }
