// The least a Fastify server can do: what the machine gives on this day.
import Fastify from 'fastify'

const app = Fastify()
app.get('/', (_request, reply) => {
  reply.send({ hello: 'world' })
})
await app.listen({ host: process.env.HOST ?? '127.0.0.1', port: Number(process.env.PORT) })
process.once('SIGTERM', () => process.exit(0))
