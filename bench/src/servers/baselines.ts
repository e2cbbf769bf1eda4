import { hash } from 'node:crypto'
import { etagOf, finishDocument, freshnessOfRow } from '@jejak/core/parcels'
import { connectReads, findTrackingDocuments, type TrackingDocumentRow } from '@jejak/db'
import { PrismaPg } from '@prisma/adapter-pg'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { PrismaClient } from '../../../packages/db/src/generated/client.ts'

type Params = { Params: { trackingNumber: string } }

const cacheTtlMs = 86_400_000
const connections = 4

// As the public read sends it: the limits of public reads, the same headers.
const asPublic: { config: object } = { config: { access: { audience: 'public', limit: 'visits' } } }
const openHeaders = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'ETag, Date' }

const send = (reply: FastifyReply, row: TrackingDocumentRow): FastifyReply => {
  const freshness = freshnessOfRow(row, { trouble: null, now: new Date(), cacheTtlMs })
  return reply
    .headers(openHeaders)
    .header('etag', etagOf(row.documentVersion, freshness))
    .header('cache-control', 'public, max-age=60')
    .type('application/json; charset=utf-8')
    .send(finishDocument(row, freshness))
}

/** Routes to compare the public read with: a constant of its size, the ORM way (by default, and with named statements), and one statement for each request. */
export const addBaselines = (app: FastifyInstance, given: { databaseUrl: string; bodyBytes: number }): void => {
  addConstant(app, given.bodyBytes)
  addOneStatement(app, given.databaseUrl)
  addOrm(app, '/bench/orm', { connectionString: given.databaseUrl })
  addOrm(app, '/bench/orm-named', { connectionString: given.databaseUrl, statementNameGenerator: nameOf })
}

const addConstant = (app: FastifyInstance, bodyBytes: number): void => {
  const body = Buffer.from(JSON.stringify({ constant: 'x'.repeat(Math.max(0, bodyBytes - 15)) }))
  app.get('/bench/constant', asPublic, (_request, reply) => {
    reply.headers(openHeaders).header('cache-control', 'public, max-age=60')
    reply.type('application/json; charset=utf-8').send(body)
  })
}

const addOneStatement = (app: FastifyInstance, url: string): void => {
  const reads = connectReads({
    ...{ url, as: 'public' as const },
    poolMax: connections,
    statementTimeoutMs: 15_000,
    connectTimeoutMs: 5_000,
    applicationName: 'jejak-bench-one-statement',
    onError: () => undefined,
  })
  app.get<Params>('/bench/one-statement/:trackingNumber', asPublic, async (request, reply) => {
    const [row] = await findTrackingDocuments(reads.sql, [request.params.trackingNumber])
    return row ? send(reply, row) : reply.callNotFound()
  })
  app.addHook('onClose', () => reads.close())
}

/** So that Postgres parses and plans a statement once a connection; the adapter names none by itself. */
const nameOf = ({ sql }: { sql: string }): string => hash('sha1', sql)

type OrmSettings = { connectionString: string; statementNameGenerator?: typeof nameOf }

const addOrm = (app: FastifyInstance, path: string, { connectionString, ...options }: OrmSettings): void => {
  const adapter = new PrismaPg({ connectionString, max: connections }, options)
  const prisma = new PrismaClient({ adapter })
  app.get<Params>(`${path}/:trackingNumber`, asPublic, async (request, reply) => {
    const found = await prisma.tracking.findFirst({
      where: { trackingNumber: request.params.trackingNumber },
      orderBy: [{ confirmedAt: 'asc' }, { registeredAt: 'asc' }, { id: 'asc' }],
      select: {
        status: true,
        document: true,
        documentVersion: true,
        changedAt: true,
        confirmedAt: true,
        schedules: {
          select: {
            checkedAt: true,
            checkedBy: true,
            nextUpdateDue: true,
            lastFailure: true,
            callId: true,
            updatePriority: true,
            wokenAt: true,
          },
        },
        connection: { select: { breakerOpenUntil: true, pauseReason: true } },
      },
    })
    const { schedules: [schedule] = [], connection: _connection, ...tracking } = found ?? {}
    if (!found || !schedule) return reply.callNotFound()
    const { checkedAt, checkedBy, wokenAt, nextUpdateDue: nextCheckAt } = schedule
    const isBeingAsked = schedule.callId !== null || schedule.updatePriority === 50
    const late = { nextCheckAt, wokenAt, isBeingAsked, lastCheckFailed: schedule.lastFailure !== null }
    return send(reply, { ...tracking, checkedAt, checkedBy, ...late } as TrackingDocumentRow)
  })
  app.addHook('onClose', () => prisma.$disconnect())
}
