import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'

/** What a route answers that tells the same as JSON and, with `format=csv`, as a file for spreadsheets. */
export const jsonOrCsv = <Schema extends z.ZodType>(schema: Schema) => ({
  description: 'JSON, or CSV with `format=csv`',
  content: { 'application/json': { schema }, 'text/csv': { schema: z.string() } },
})

/** Answers with a CSV file of this name. */
export const sendCsv = (reply: FastifyReply, { name, csv }: { name: string; csv: string | Readable }): never => {
  reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
  return reply.serializer((body: unknown) => body as string).send(csv) as never
}
