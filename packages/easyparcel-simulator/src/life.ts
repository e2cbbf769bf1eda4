import { type ScriptClock, stampTimes } from './clock.ts'
import { type Courier, courierOf } from './data/couriers.ts'
import { byCourier, chinese, english, malay, type PhraseKey, people, places } from './data/phrases.ts'
import { type Line, type Scenario, type Status, scenarios, testNumbers } from './data/scenarios.ts'
import { between, chance, pick } from './random.ts'

/** One parcel of one account. `bookedAt` in epoch milliseconds; `numberedAfterMs` is in script time. */
export type Booking = {
  awb: string
  account: string
  courier?: string | undefined
  scenario: Scenario
  bookedAt: number
  numberedAfterMs?: number | undefined
}

export type Step = {
  offsetMs: number
  code: number
  status: Status
  text: string
  location: string | null
  isOwn: boolean
}

/** A step that has happened. `at` is the real instant at which it became visible. */
export type LifeEvent = Omit<Step, 'offsetMs'> & { at: Date }

const hourMs = 3_600_000

type Speech = { courier: Courier; language: 'en' | 'ms' | 'zh'; key: string; seed: string }

const languageOf = (seed: string, awb: string): Speech['language'] => {
  const roll = chance(seed, awb, 'language')
  return roll < 0.72 ? 'en' : roll < 0.88 ? 'ms' : 'zh'
}

const phrase = ({ courier, language, key, seed }: Speech, says: PhraseKey): string => {
  const translated = language === 'ms' ? malay[says] : language === 'zh' ? chinese[says] : undefined
  const choices = translated ?? byCourier[courier.shortName]?.[says] ?? english[says]
  return pick(choices, seed, key, 'phrase').replace('<NAME>', pick(people, seed, key, 'name'))
}

/** The whole script of a parcel: a pure function of seed, number and scenario. Offsets are script milliseconds since booking. */
export const writeLife = (
  seed: string,
  { awb, courier, scenario }: Pick<Booking, 'awb' | 'courier' | 'scenario'>,
): Step[] => {
  const lines: readonly Line[] = testNumbers[awb] ?? scenarios[scenario]
  const carrier = courierOf(awb, courier)
  const language = languageOf(seed, awb)
  let offsetMs = 0
  return lines.map((line, index) => {
    const key = `${awb}/${index}`
    offsetMs += Math.round(between(...line.afterHours, seed, key, 'after') * hourMs)
    const { code, status } = line
    const text = line.text ?? phrase({ courier: carrier, language, key, seed }, line.says)
    return {
      offsetMs,
      code,
      status,
      text,
      location: line.own ? null : pick(places, seed, key, 'place'),
      isOwn: line.own ?? false,
    }
  })
}

/** What has happened to a parcel by now, oldest first. Never holds an event of the future. */
export const eventsSoFar = (clock: ScriptClock, steps: readonly Step[], bookedAt: number): LifeEvent[] => {
  const stamps = stampTimes(
    clock,
    bookedAt,
    steps.map((step) => step.offsetMs),
  )
  const now = clock.now().getTime()
  return steps.flatMap(({ offsetMs: _offset, ...step }, index) =>
    stamps[index]! <= now ? [{ ...step, at: new Date(stamps[index]!) }] : [],
  )
}
