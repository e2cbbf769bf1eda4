import { spreadOf } from './statistics.ts'

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
  'read ÷ orm': {
    family: 'reads',
    text: 'public read ÷ the ORM way of the same read, as people write it by default',
    ...atLeast(2.5, 4),
  },
  'read p99 ÷ constant p99': {
    family: 'reads',
    text: 'read p99 ÷ that constant route’s p99, 64 connections',
    ...atMost(2, 1.3),
  },
  'read ÷ direct': {
    family: 'reads',
    text: 'HTTP read, 64 connections whose look-ups share statements ÷ that statement straight to Postgres, 8 clients, one number each',
    ...atLeast(0.5, 0.7),
  },
  'read beside writes': {
    family: 'reads-beside-writes',
    text: 'read rate with 2 k row writes/s ÷ without',
    ...atLeast(0.8, 0.95),
  },
  'fenced read ÷ unfenced': {
    family: 'fence',
    text: 'public read behind the fence ÷ with FENCE=off',
    ...atLeast(0.9, 0.97),
  },
  'fenced list ÷ unfenced': {
    family: 'fence',
    text: 'a page of a shop’s parcels, with its key, behind the fence ÷ with FENCE=off',
    ...atLeast(0.9, 0.97),
  },
  'batch ÷ orm': {
    family: 'check-writes',
    text: 'a check’s two large writes, batched ÷ by the ORM, each in one transaction, all parcels changed',
    ...atLeast(8, 12),
  },
  'usual batch ÷ orm': {
    family: 'check-writes',
    text: 'the same two writes for the usual batch, 90 % unchanged on both sides',
    ...atLeast(8, 12),
  },
  'unchanged ÷ rewrite': {
    family: 'check-writes',
    text: 'the same two writes, 90 % unchanged ÷ all changed',
    ...atLeast(2, 3),
  },
  'claim ÷ bare transaction': {
    family: 'claim',
    text: 'opening a call (gate, claim, fill) at 1 M parcels ÷ a bare transaction with as many round trips, 100 a round',
    ...atMost(4, 2.5),
  },
  'old snapshot': {
    family: 'old-snapshot',
    text: 'gate + claim + fill after 400 ticks with an old snapshot open ÷ fresh (low-water mark), 40 calls a round',
    ...atMost(1.5, 1.1),
  },
  'wrong order − wrong contact': {
    family: 'lookup',
    text: 'wrong order and wrong contact: medians apart ÷ what chance makes, 19 of 20 times',
    ...atMost(1, 1),
  },
  'known − unknown e-mail': {
    family: 'sign-in',
    text: 'refused sign-ins of known and unknown e-mail addresses: medians apart ÷ what chance makes, 19 of 20 times',
    ...atMost(1, 1),
  },
  'visitors beside abuse': {
    family: 'abuse',
    text: 'visitors’ p95 while one address sends the worst kind of abuse ÷ quiet, every answer 200',
    ...atMost(5, 2),
  },
  'daily report': {
    family: 'million',
    text: 'daily report at 1 M parcels and 20 accounts, ms',
    ...atMost(5_000, 2_000),
  },
  'archive batch': { family: 'million', text: 'archiving a batch of 250 of 1 M parcels, ms', ...atMost(50, 25) },
  'status page': { family: 'million', text: 'a page of a rare status, one shop of 1 M parcels, ms', ...atMost(50, 10) },
  overview: {
    family: 'counts',
    text: 'overview of a shop of 1 M parcels from its counts, ms',
    ...atMost(10, 3),
  },
  'counted ÷ uncounted': {
    family: 'statistics',
    text: 'batches of status changes, 8 writers, with ÷ without the triggers that count',
    ...atLeast(0.7, 0.85),
  },
  'overview at most': {
    family: 'statistics',
    text: 'overview of a shop of 1.8 M parcels, ms',
    ...atMost(10, 3),
  },
  'list at most': {
    family: 'statistics',
    text: 'first page of its parcels, the slowest of all sorts and filters, ms',
    ...atMost(200, 20),
  },
  'deep page at most': {
    family: 'statistics',
    text: 'the page 900 k parcels further, the slowest of all sorts, ms',
    ...atMost(200, 20),
  },
  'search at most': {
    family: 'statistics',
    text: 'two searches there: by the end of a number; by its beginning and an order, ms',
    ...atMost(300, 30),
  },
  'most ÷ fewest': {
    family: 'statistics',
    text: 'overview, attention, lists, deep pages, search: 1.8 M parcels ÷ 10 k, the worst of them',
    ...atMost(1.5, 1.2),
  },
  'reading an answer': {
    family: 'million',
    text: 'reading an answer of 50 parcels × 12 scans: longest block of the event loop, ms',
    ...atMost(5, 2),
  },
  'reading a new answer': {
    family: 'million',
    text: 'the same of 600 texts that were never read before: longest block of the event loop, ms',
    ...atMost(5, 2),
  },
  'recording an answer': {
    family: 'check-writes',
    text: 'recordAnswer, 50 parcels that all change: longest block of the event loop, ms',
    ...atMost(5, 2),
  },
  'api start ÷ fastify': { family: 'start', text: 'API start to first answer ÷ bare Fastify', ...atMost(4, 2) },
} satisfies Record<string, Goal>

export type GoalName = keyof typeof goals

/** Goals of performance whose subject is not built yet. */
export const laterGoals = ['EasyParcel calls ÷ parcels checked, steady state']

const meets = (value: number, bound: Bound): boolean =>
  'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost

export type Verdict = 'aim met' | 'holds' | 'at the bound' | 'MISSED'

/** How a measured figure stands to its goal. A median that holds with rounds on both sides of the bound is a tie, and is called one. */
export const verdictOf = (
  figure: { value: number; rounds?: readonly number[] },
  { must, aim }: Pick<Goal, 'must' | 'aim'>,
): Verdict => {
  if (!meets(figure.value, must)) return 'MISSED'
  const { lowest, highest } = spreadOf(figure)
  if (!meets(lowest, must) || !meets(highest, must)) return 'at the bound'
  return meets(figure.value, aim) ? 'aim met' : 'holds'
}

export const boundText = (bound: Bound): string => ('atLeast' in bound ? `≥ ${bound.atLeast}` : `≤ ${bound.atMost}`)
