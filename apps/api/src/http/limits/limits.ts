import type { Config } from '@jejak/config'
import { HttpProblem } from '../http-problem.ts'
import { type Counter, createCounter, type Usage } from './counter.ts'
import { createRules, type LimitName, type Rule } from './rules.ts'

/** `RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-10. */
export type RateLimitHeaders = { ratelimit: string; 'ratelimit-policy': string }

export type Limits = {
  rules: Record<LimitName, Rule>
  /** Counts one of this limit for an address or a shop. Throws 429, counting nothing, when nothing is left. */
  take: (name: LimitName, who: string) => RateLimitHeaders
  /** The same for `amount` at once: all or none. */
  takeMany: (name: LimitName, counted: { who: string; amount: number }) => RateLimitHeaders
  /** Throws 429 when nothing is left; counts nothing. */
  check: (name: LimitName, who: string) => void
  /** Takes one back that did not deserve to count. */
  giveBack: (name: LimitName, who: string) => void
  counters: ReadonlyMap<LimitName, Counter>
}

const secondsUntil = (ms: number, nowMs: number) => Math.max(1, Math.ceil((ms - nowMs) / 1000))

/** All limits of one process, counted in memory. */
export const createLimits = (config: Pick<Config, 'limits' | 'customers'>, now: () => Date): Limits => {
  const rules: Record<LimitName, Rule> = createRules(config)
  const options = { talliesMax: config.limits.countersMax, isShared: config.limits.redisUrl !== undefined }
  const names = Object.keys(rules) as LimitName[]
  const counters = new Map(names.map((name) => [name, createCounter({ windowMs: rules[name].windowMs, ...options })]))
  const policies = new Map(
    names.map((name) => [name, `"${name}";q=${rules[name].max};w=${rules[name].windowMs / 1000}`]),
  )

  const headersOf = (name: LimitName, { used, resetAtMs }: Usage, nowMs: number): RateLimitHeaders => ({
    ratelimit: `"${name}";r=${Math.max(0, rules[name].max - used)};t=${secondsUntil(resetAtMs, nowMs)}`,
    'ratelimit-policy': policies.get(name)!,
  })
  const refusal = (name: LimitName, usage: Usage, nowMs: number): HttpProblem => {
    const seconds = secondsUntil(usage.resetAtMs, nowMs)
    return new HttpProblem('rate_limited', `${rules[name].sentence} Come back in ${seconds} s.`, {
      headers: { 'retry-after': String(seconds), ...headersOf(name, usage, nowMs) },
    })
  }
  const takeMany: Limits['takeMany'] = (name, { who, amount }) => {
    const nowMs = now().getTime()
    const counter = counters.get(name)!
    const usage = counter.usage(who, nowMs)
    if (usage.used + amount > rules[name].max) throw refusal(name, usage, nowMs)
    return headersOf(name, counter.add(who, amount, nowMs), nowMs)
  }

  return {
    rules,
    counters,
    giveBack: (name, who) => {
      const nowMs = now().getTime()
      const counter = counters.get(name)!
      if (counter.usage(who, nowMs).used > 0) counter.add(who, -1, nowMs)
    },
    take: (name, who) => takeMany(name, { who, amount: 1 }),
    takeMany,
    check: (name, who) => {
      const nowMs = now().getTime()
      const usage = counters.get(name)!.usage(who, nowMs)
      if (usage.used >= rules[name].max) throw refusal(name, usage, nowMs)
    },
  }
}
