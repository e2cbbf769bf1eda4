import { z } from 'zod'

/** Everything that can go wrong, in words that say nothing about transport; each edge translates them. */
export const problemCodes = [
  'validation',
  'unauthenticated',
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

const errorsMax = 50

/** A refused input's fields as `errors` of a problem, at most 50. */
const toProblemErrors = (error: z.ZodError): ProblemError[] =>
  error.issues.slice(0, errorsMax).map(({ path, message }) => ({ path: path.map(String).join('.'), message }))

/** A refused item of a bulk call; `detail` is the first sentence a person should read. */
export const toItemProblem = (error: z.ZodError): ItemProblem => {
  const errors = toProblemErrors(error)
  return { code: 'validation', detail: errors[0]?.message ?? 'This item cannot be read.', errors }
}
