import Fastify from 'fastify'
import { afterAll, expect, test } from 'vitest'
import type { PageRenderer } from '../public/page-renderer.ts'
import { HttpProblem } from './http-problem.ts'
import { createProblemViews } from './problem-pages.ts'

let renders = 0
let minute = 0
const render: PageRenderer = (_request, { subject, query, slug }) => {
  renders += 1
  const typed = subject.kind === 'none' ? subject.typed : ''
  return { html: `<p now="then" a="${typed}" b="${slug ?? ''}" c="${query.k ?? ''}">${query.lang}`, headers: {} }
}
const now = () => new Date(Date.UTC(2026, 10, 27, 8, minute))
const show = createProblemViews({ render, now })
const app = Fastify({ frameworkErrors: (_error, request, reply) => void show({ request, reply }, refusal) })
const refusal = new HttpProblem('rate_limited', 'Too many.')
app.get('*', (request, reply) => show({ request, reply }, refusal))
afterAll(() => app.close())

test('who is refused costs no rendering, and finds the own number, shop, link and language in the page', async () => {
  const ask = async (url: string) => (await app.inject({ url, headers: { 'accept-language': 'ms' } })).body
  await ask('/t/HT00000001?shop=aroma&k=a_b.c-d')
  expect(renders).toBe(1)
  minute = 5
  expect(await ask('/t/HT00000002?shop=kopi&k=e')).toBe(
    '<p now="2026-11-27T08:05:00.000Z" a="HT00000002" b="kopi" c="e">ms',
  )
  for (let index = 0; index < 50; index += 1) await ask(`/t/HT1000${index}?shop=shop-${index}&k=${index}`)
  expect(renders).toBe(1)
})

test('no long address and no wild one is rendered more than once in a language', async () => {
  renders = 0
  const hostile = ['·', '@', '1 ', '%', '"><script>', '\ufdfa'].map((part) => encodeURIComponent(part.repeat(20_000)))
  for (const text of hostile)
    for (const url of [`/t?number=${text}`, `/t/x/${text}`, `/t/%zz?k=${text}`, `/?shop=${text}&lang=${text}`])
      expect((await app.inject({ url })).body).toBe('<p now="2026-11-27T08:05:00.000Z" a="" b="" c="">en')
  expect(renders).toBe(1)
})
