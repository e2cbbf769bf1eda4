import { allFailures, type Damage, type FaultName, faults, type Instead, type Oddity, oddities } from './faults.ts'
import type { FaultProbabilities, ForcedFault } from './options.ts'
import { chance, pick } from './random.ts'

export type Variant = 'a' | 'b' | 'c' | 'd'

/** What fate holds for one tracking call. */
export type CallFate = {
  call: number
  isSlow: boolean
  failure: Instead | Damage | undefined
  variant: Variant
  oddities: ReadonlySet<Oddity>
}

export type FaultDice = {
  rollCall(): CallFate
  rollToken(): ReadonlySet<FaultName>
  setProbabilities(probabilities: FaultProbabilities): void
  force(fault: ForcedFault): void
}

const outsideAll: ReadonlySet<string> = new Set(['aimed', 'token'])

/** Decides by seed and call number alone, so that a run repeats; what is forced comes first and skips the dice. */
export const rollFaults = (seed: string, initial: FaultProbabilities): FaultDice => {
  let probabilities = initial
  let forced: { name: FaultName; times: number; variant: Variant | undefined }[] = []
  const counts = { call: 0, token: 0 }

  const probabilityOf = (name: FaultName) =>
    probabilities[name] ?? (outsideAll.has(faults[name].kind) ? 0 : (probabilities.all ?? 0))
  const takeForced = (names: readonly FaultName[]) => {
    const next = forced.find((one) => names.includes(one.name))
    if (!next) return undefined
    next.times -= 1
    forced = forced.filter((one) => one.times > 0)
    return next
  }
  const hits = (name: FaultName, stream: 'call' | 'token') =>
    chance(seed, stream, counts[stream], name) < probabilityOf(name)

  return {
    rollCall() {
      counts.call += 1
      const forcedFailure = takeForced(allFailures)
      return {
        call: counts.call,
        isSlow: Boolean(takeForced(['slow'])) || hits('slow', 'call'),
        failure:
          (forcedFailure?.name as Instead | Damage | undefined) ?? allFailures.find((name) => hits(name, 'call')),
        variant: forcedFailure?.variant ?? pick(['a', 'b', 'c', 'd'], seed, 'variant', counts.call),
        oddities: new Set(oddities.filter((name) => Boolean(takeForced([name])) || hits(name, 'call'))),
      }
    },
    rollToken() {
      counts.token += 1
      const names = ['token_500', 'token_html', 'token_wrapped'] as const
      return new Set(names.filter((name) => Boolean(takeForced([name])) || hits(name, 'token')))
    },
    setProbabilities: (next) => {
      probabilities = next
    },
    force: ({ name, times = 1, variant }) => void forced.push({ name, times, variant }),
  }
}

/** Reads `all=0.05,slow=0` or a JSON object into probabilities; numbers are checked by the option schema. */
export const readFaultList = (text: string): Record<string, number> =>
  text.trim().startsWith('{')
    ? (JSON.parse(text) as Record<string, number>)
    : Object.fromEntries(
        text
          .split(',')
          .filter((part) => part.trim())
          .map((part) => part.split('='))
          .map(([name = '', value = '']) => [name.trim(), value.trim() === '' ? Number.NaN : Number(value)]),
      )
