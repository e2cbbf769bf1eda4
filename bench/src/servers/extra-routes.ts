// Loaded before the API's own main.ts: adds the baselines to the real application, behind the same hooks, just before it listens.
import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'
import { addBaselines } from './baselines.ts'

subscribe('fastify.initialization', (message) => {
  const app = (message as { fastify: FastifyInstance }).fastify
  const listen = app.listen.bind(app) as (...args: unknown[]) => unknown
  const addFirst = (...args: unknown[]) => {
    addBaselines(app, {
      databaseUrl: process.env.DATABASE_URL ?? '',
      bodyBytes: Number(process.env.BENCH_BODY_BYTES),
    })
    return listen(...args)
  }
  app.listen = addFirst as FastifyInstance['listen']
})
