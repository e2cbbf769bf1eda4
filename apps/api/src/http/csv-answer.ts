import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { unavailable } from './http-problem.ts'

/** What a route answers that tells the same as JSON and, with `format=csv`, as a file for spreadsheets. */
export const jsonOrCsv = <Schema extends z.ZodType>(schema: Schema) => ({
  description: 'JSON, or CSV with `format=csv`',
  content: { 'application/json': { schema }, 'text/csv': { schema: z.string() } },
})

/** So many long files a process sends at once: each asks the database again and again. */
const filesAtOnce = 4
const filesUnderWay = new Set<Readable>()

/** A file that is written while it is sent: pieces are asked for as fast as the client takes them, and no more once it is gone. */
const longFile = (pieces: AsyncIterable<string>): Readable => {
  if (filesUnderWay.size >= filesAtOnce) throw unavailable('Several files are being sent already. Try again soon.')
  const file = Readable.from(pieces)
  filesUnderWay.add(file)
  const isOver = () => void filesUnderWay.delete(file)
  return file.once('end', isOver).once('close', isOver)
}

/** Answers with a CSV file of this name: as a whole, or piece by piece. */
export const sendCsv = (
  reply: FastifyReply,
  { name, csv }: { name: string; csv: string | AsyncIterable<string> },
): never => {
  const body = typeof csv === 'string' ? csv : longFile(csv)
  reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
  return reply.serializer((given: unknown) => given as string).send(body) as never
}
