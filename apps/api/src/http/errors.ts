import { toProblemErrors } from '@jejak/contract'
import { Refusal } from '@jejak/core/errors'
import { isDatabaseUnavailable } from '@jejak/db'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { Logger } from 'pino'
import { HttpProblem, internal, invalid, notFound, toProblemBody, unavailable } from './http-problem.ts'
import { isStillSending } from './slow-clients.ts'

type ValidationFailure = Parameters<typeof hasZodFastifySchemaValidationErrors>[0] & FastifyError

const toInvalid = ({ validation = [], validationContext, message }: ValidationFailure): HttpProblem => {
  const issues = validation.map((each) => ({
    path: each.instancePath.split('/').filter(Boolean),
    code: each.keyword,
    message: each.message ?? 'This cannot be read.',
    ...(each.params as { keys?: string[] }),
  }))
  const errors = toProblemErrors(issues)
  const [first] = errors
  if (validationContext === 'body' && first?.path === '' && issues[0]?.code === 'invalid_type')
    return invalid('Send one JSON object as the body.', { errors })
  return invalid(first?.path ? `${first.path}: ${first.message}` : (first?.message ?? message), { errors })
}

const sentences: Record<string, string> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not readable JSON.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty; send JSON.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as its Content-Length says.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than this route takes.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    'This route does not read that content type; an import reads text/csv, most routes application/json.',
  FST_ERR_BAD_URL: 'The address contains an invalid percent sign.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the address is too long.',
}

/** Whatever was thrown, as a problem that tells the client what it can act on and nothing about our insides. */
export const toHttpProblem = (error: unknown): HttpProblem => {
  if (error instanceof HttpProblem) return error
  if (error instanceof Refusal)
    return error.code === 'unavailable'
      ? unavailable(error.message)
      : new HttpProblem(error.code, error.message, { ...(error.errors && { errors: error.errors }) })
  if (isDatabaseUnavailable(error))
    return unavailable('The database is busy or away; try again in a few seconds.', error)
  const failure = error as Partial<FastifyError>
  if (hasZodFastifySchemaValidationErrors(error)) return toInvalid(error as ValidationFailure)
  if (failure.code === 'FST_ERR_HANDLER_TIMEOUT') return unavailable('This took too long and was stopped.', error)
  const { statusCode = 500, code = '' } = failure
  if (statusCode < 400 || statusCode >= 500) return internal(error)
  return invalid(sentences[code] ?? 'The request cannot be read.', { status: statusCode, cause: error })
}

/** A request, and what it is answered with. */
export type Exchange = { request: FastifyRequest; reply: FastifyReply }

/** Sends a problem without logging it. A client that is over a limit and keeps sending is cut off; others may finish for a moment. */
export const sendProblem = ({ request, reply }: Exchange, problem: HttpProblem): FastifyReply => {
  if (problem.code === 'rate_limited' && isStillSending(request.raw)) reply.header('connection', 'close')
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .header('cache-control', problem.headers['cache-control'] ?? 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(toProblemBody(problem, request.id)))
}

/** A request is given up because of us, unless it is its client who never sent all of it. */
const withBlame = (problem: HttpProblem, { raw }: FastifyRequest): HttpProblem =>
  (problem.cause as Partial<FastifyError> | undefined)?.code === 'FST_ERR_HANDLER_TIMEOUT' && isStillSending(raw)
    ? invalid('The request took too long to arrive.', { status: 408 })
    : problem

export type ProblemSender = (exchange: Exchange, error: unknown) => FastifyReply

/** Answers every failure, as `show` does, and logs those that are our fault. */
export const createProblemSender =
  (log: Logger, show = sendProblem): ProblemSender =>
  (exchange, error) => {
    const { request } = exchange
    const problem = withBlame(toHttpProblem(error), request)
    const line = { requestId: request.id, route: request.routeOptions?.url, err: problem.cause }
    if (problem.code === 'internal') log.error(line, 'a request failed')
    else if (problem.status >= 500) log.warn(line, problem.message)
    return show(exchange, problem)
  }

const notHere = () => notFound('This address does not exist; /docs lists all addresses.')

/** What no route could make good. */
const refusalOf = ({ is404, method, raw: { headers, httpVersion } }: FastifyRequest): HttpProblem | undefined => {
  if (is404) return notHere()
  if (headers.host === undefined && httpVersion === '1.1') return invalid('HTTP/1.1 requests must have a Host header.')
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    return invalid('Expect supports nothing but 100-continue.', { status: 417 })
  if (method !== 'GET' && (headers['content-encoding'] ?? 'identity') !== 'identity')
    return invalid('Send the body uncompressed.', { status: 415 })
  return undefined
}

/** What can be refused is refused before its body is read. */
export const addErrors = (app: FastifyInstance, send: ProblemSender): void => {
  app.setErrorHandler((error, request, reply) => send({ request, reply }, error))
  app.setNotFoundHandler((request, reply) => send({ request, reply }, notHere()))
  app.addHook('onRequest', (request, _reply, done) => done(refusalOf(request)))
}
