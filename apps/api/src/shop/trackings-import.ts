import type { Readable } from 'node:stream'
import multipart from '@fastify/multipart'
import { dryRunQuery, importReport, toProblemErrors } from '@jejak/contract'
import { CsvFileError, ImportStoppedError, importTrackings } from '@jejak/core/registering'
import { isDatabaseUnavailable } from '@jejak/db'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { HttpProblem, invalid, unavailable } from '../http/http-problem.ts'
import { shopRoute } from '../http/routes.ts'
import { getAccountsOf } from './get-accounts-of.ts'

const csvTypes = ['text/csv', 'application/csv', 'application/vnd.ms-excel', 'text/tab-separated-values']
const multipartLimits = { files: 1, parts: 10, fields: 9, fieldSize: 1_000 }

/** Imports a CSV file while it arrives. */
export const trackingImportRoutes = async (app: FastifyInstance, deps: RouteDeps): Promise<void> => {
  const { importLimitBytes, importLinesMax, importTimeoutMs } = deps.config.http
  const limits = { bytesMax: importLimitBytes, linesMax: importLinesMax }
  // The file is counted as it is read: its own limit says what was saved, the body's could not.
  await app.register(multipart, { limits: { ...multipartLimits, fileSize: Number.MAX_SAFE_INTEGER } })
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(csvTypes, (_request, body, done) => done(null, body))

  shopRoute(app, {
    at: 'POST /v1/trackings/import',
    permission: 'parcels:write',
    ignoresIdempotencyKey: 'sent again, a file registers nothing twice.',
    limit: 'imports',
    handlerTimeout: importTimeoutMs,
    // The body is a stream that the handler reads: its schema is for the documentation.
    validatorCompiler: (part) => (part.httpPart === 'body' ? (value) => ({ value }) : validatorCompiler(part as never)),
    schema: {
      summary: 'Register the parcels of a CSV file',
      description:
        'The heading names the columns: tracking_number (or awb, tracking_no, no_tracking), courier, order_number, email, phone, estimated_delivery, booked_at, connection; exports of shop systems work as they are. Columns are separated by commas, semicolons or tabs. Bad lines are reported and do not affect the others; an optional cell that cannot be read is a warning; importing a file again changes nothing. With dryRun=true nothing is saved, and the report tells what would be done.',
      consumes: ['text/csv', 'multipart/form-data'],
      querystring: dryRunQuery,
      body: z.string().meta({ description: 'The file, or a form with the file in one field' }),
      response: { 200: importReport },
    },
    problems: [409],
    handler: async (request, reply) => {
      const where = await getAccountsOf(deps, request.caller)
      const { file, rest } = await fileOf(request)
      // A file may take longer to arrive than its key lives.
      const mayGoOn = () => deps.letIn(request, reply)
      try {
        return await importTrackings(deps, {
          file: bytesOf(file, rest),
          importing: {
            ...{ actor: request.caller.actor, ...where, limits, mayGoOn, isDryRun: request.query.dryRun },
          },
        })
      } catch (error) {
        throw error instanceof ImportStoppedError ? toProblem(error) : error
      } finally {
        // What is left of the file is read and thrown away for a moment, so that the client gets to read the answer.
        file.on('error', () => undefined).resume()
      }
    },
  })
}

type FormParts = ReturnType<FastifyRequest['parts']>

/** The file, and the parts of the form that come behind it. */
const fileOf = async (
  request: Pick<FastifyRequest, 'isMultipart' | 'parts' | 'body'>,
): Promise<{ file: Readable; rest?: FormParts }> => {
  if (!request.isMultipart()) {
    if (!request.body) throw invalid('Send the CSV file as the body, or in a form.')
    return { file: request.body as Readable }
  }
  const parts = request.parts()
  const file = await nextFile(parts).catch((cause: Partial<FastifyError>) => {
    throw invalid('The form cannot be read.', { status: cause.statusCode === 413 ? 413 : 400, cause })
  })
  if (!file) throw invalid('The form contains no file; send the CSV file in one of its fields.')
  return { file, rest: parts }
}

const nextFile = async (parts: FormParts): Promise<Readable | undefined> => {
  for (let next = await parts.next(); !next.done; next = await parts.next())
    if (next.value.type === 'file') return next.value.file
  return undefined
}

/** A form that ends too soon and a client that hangs up are no fault of ours. A second file is seen when the first has been read. */
async function* bytesOf(file: Readable, rest?: FormParts): AsyncGenerator<Uint8Array> {
  try {
    yield* file.iterator({ destroyOnReturn: false })
    if (rest) await nextFile(rest)
  } catch (cause) {
    const isSecond = (cause as Partial<FastifyError>).code === 'FST_FILES_LIMIT'
    const message = isSecond
      ? 'The form holds more than one file; send one at a time.'
      : 'The file did not arrive whole.'
    throw new CsvFileError('unreadable', message, { cause })
  }
}

const toProblem = (stopped: ImportStoppedError): HttpProblem => {
  const { cause, message } = stopped
  if (isDatabaseUnavailable(cause)) return unavailable(message, cause)
  if (cause instanceof HttpProblem)
    return new HttpProblem(cause.code, `${cause.message} ${message}`, { headers: cause.headers, cause })
  if (!(cause instanceof CsvFileError)) return new HttpProblem('internal', message, { cause })
  const isTooLarge = cause.kind === 'too_large' || cause.kind === 'too_many_lines'
  return invalid(message, { ...(isTooLarge && { status: 413 }), errors: reported(stopped) })
}

const reported = ({ report }: ImportStoppedError) =>
  toProblemErrors(report.problems.map(({ line, problem }) => ({ path: [`line ${line}`], message: problem })))
