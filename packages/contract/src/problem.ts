import { z } from 'zod'
import { cut } from './sentences.ts'

/** Everything that can go wrong, in words that say nothing about transport; each edge translates them. */
export const problemCodes = [
  'validation',
  'unauthenticated',
  'code_needed',
  'forbidden',
  'link_refused',
  'not_found',
  'conflict',
  'rate_limited',
  'unavailable',
  'internal',
] as const
export const problemCode = z.enum(problemCodes)
export type ProblemCode = (typeof problemCodes)[number]

/** One field that was refused: `path` is dotted (`contact.phone`, `trackings.3`), empty for the whole input. */
export const problemError = z.object({ path: z.string(), message: z.string() })
export type ProblemError = z.infer<typeof problemError>

/** RFC 9457 problem details; `code` is the stable word to program against, `requestId` the one to tell support. */
export const problem = z.object({
  type: z.string().default('about:blank'),
  title: z.string(),
  status: z.number().int().min(400).max(599),
  detail: z.string().optional(),
  code: problemCode,
  requestId: z.string().optional(),
  errors: z.array(problemError).optional(),
})
export type Problem = z.infer<typeof problem>

/** Why one item of a bulk call was refused; the same words as a problem, without what belongs to HTTP. */
export const itemProblem = z.object({ code: problemCode, detail: z.string(), errors: z.array(problemError).optional() })
export type ItemProblem = z.infer<typeof itemProblem>

const errorsMax = 20
const pathMax = 100
const messageMax = 300

type Issue = { path: readonly PropertyKey[]; message: string }

/** A refused input's fields as `errors` of a problem: so few and so short that an answer never gives back what was sent. */
export const toProblemErrors = (issues: readonly Issue[]): ProblemError[] =>
  issues.slice(0, errorsMax).map((issue) => ({
    path: cut(issue.path.map(String).join('.'), pathMax),
    message: cut(issue.message, messageMax),
  }))

/** A refused item of a bulk call; `detail` is the first sentence a person should read. */
export const toItemProblem = ({ issues }: { issues: readonly Issue[] }): ItemProblem => {
  const errors = toProblemErrors(issues)
  return { code: 'validation', detail: errors[0]?.message ?? 'This item cannot be read.', errors }
}
