export type Bound = { atLeast: number } | { atMost: number }
export type Goal = { family: string; text: string; must: Bound; aim: Bound }

const atLeast = (must: number, aim: number) => ({ must: { atLeast: must }, aim: { atLeast: aim } })
const atMost = (must: number, aim: number) => ({ must: { atMost: must }, aim: { atMost: aim } })

/** What the product must hold and what it aims at, by the name that families give their figures. */
export const goals = {
  'read ÷ constant': {
    family: 'reads',
    text: 'public read ÷ a constant route of the same size in the same production app',
    ...atLeast(0.4, 0.65),
  },
  'read ÷ hello': { family: 'reads', text: 'public read ÷ bare Fastify hello', ...atLeast(0.2, 0.4) },
  'read ÷ orm': { family: 'reads', text: 'public read ÷ the ORM way of the same read', ...atLeast(2.5, 4) },
  'read p99 ÷ constant p99': {
    family: 'reads',
    text: 'read p99 ÷ that constant route’s p99, 64 connections',
    ...atMost(2, 1.3),
  },
  'read ÷ direct': {
    family: 'reads',
    text: 'HTTP read ÷ the same statement sent straight to Postgres, 8 clients',
    ...atLeast(0.5, 0.7),
  },
  'read beside writes': {
    family: 'reads-beside-writes',
    text: 'read rate with 2 k row writes/s ÷ without',
    ...atLeast(0.8, 0.95),
  },
  'batch ÷ orm': {
    family: 'check-writes',
    text: 'batched check write ÷ ORM transaction, all parcels changed',
    ...atLeast(8, 12),
  },
  'usual batch ÷ orm': {
    family: 'check-writes',
    text: 'the same for the usual batch, 90 % unchanged on both sides',
    ...atLeast(8, 12),
  },
  'unchanged ÷ rewrite': { family: 'check-writes', text: '90 %-unchanged ÷ rewrite-all rows/s', ...atLeast(2, 3) },
  'claim 1M ÷ 10k': {
    family: 'claim',
    text: 'gate + claim + fill at 1 M ÷ at 10 k parcels',
    ...atMost(1.3, 1.1),
  },
  'old snapshot': {
    family: 'old-snapshot',
    text: 'the same after 400 ticks with an old snapshot open ÷ fresh (low-water mark)',
    ...atMost(1.5, 1.1),
  },
  'wrong order − wrong contact': {
    family: 'lookup',
    text: 'order look-up, wrong order and wrong contact: medians apart ÷ what chance makes of them 19 of 20 times',
    ...atMost(1, 1),
  },
  'api start ÷ fastify': { family: 'start', text: 'API start to first answer ÷ bare Fastify', ...atMost(4, 2) },
} satisfies Record<string, Goal>

export type GoalName = keyof typeof goals

/** Goals of performance whose subject is not built yet. */
export const laterGoals = [
  'statistics triggers: batch write throughput ÷ none',
  'overview from statistics ÷ group-by',
  'keyset page at 900 k ÷ first page',
  'EasyParcel calls ÷ parcels checked, steady state',
]

const meets = (value: number, bound: Bound): boolean =>
  'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost

/** How a measured value stands to its goal. */
export const verdictOf = (value: number, { must, aim }: Pick<Goal, 'must' | 'aim'>): 'aim met' | 'holds' | 'MISSED' => {
  if (meets(value, aim)) return 'aim met'
  return meets(value, must) ? 'holds' : 'MISSED'
}

export const boundText = (bound: Bound): string => ('atLeast' in bound ? `≥ ${bound.atLeast}` : `≤ ${bound.atMost}`)
