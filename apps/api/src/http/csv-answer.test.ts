import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { sendCsv } from './csv-answer.ts'

test('a process sends four long files at once; who comes then is told to come again, and may once one has ended', async () => {
  const app = Fastify()
  const { promise: letGo, resolve: end } = Promise.withResolvers<void>()
  const { promise: allBegan, resolve: began } = Promise.withResolvers<void>()
  let begun = 0
  async function* slow() {
    yield 'a\r\n'
    begun += 1
    if (begun === 4) began()
    await letGo
    yield '1\r\n'
  }
  app.get('/', (_, reply) => sendCsv(reply, { name: 'table', csv: slow() }))
  const first = Array.from({ length: 4 }, () => app.inject('/'))
  // An injected request runs only once someone waits for it.
  const answers = Promise.all(first)
  await allBegan
  expect((await app.inject('/')).statusCode).toBe(503)
  end()
  for (const { statusCode, body, headers } of await answers)
    expect([statusCode, body, headers['content-disposition']]).toEqual([
      ...[200, 'a\r\n1\r\n', 'attachment; filename="table.csv"'],
    ])
  expect((await app.inject('/')).statusCode).toBe(200)
})
