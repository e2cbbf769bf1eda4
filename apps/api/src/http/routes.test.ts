import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { accessOf, publicRoute, shopRoute } from './routes.ts'

const handler = () => 'here'
const anApp = () => {
  const app = Fastify()
  app.addHook('onRoute', (route) => void accessOf(route))
  return app
}

test('a route that does not say who may use it stops the start', () => {
  const app = anApp()
  expect(() => app.get('/v1/everything', handler)).toThrow('it is not known who may use it')
  expect(() => app.get('/docsend', handler)).toThrow('it is not known who may use it')
  expect(() => publicRoute(app, { at: 'GET /open', limit: 'none', schema: {}, handler })).not.toThrow()
})

test('who may use a route, what counts it and what it is said to answer follow from one word', () => {
  const app = Fastify()
  const seen: unknown[] = []
  app.addHook('onRoute', ({ config, schema }) => {
    seen.push({ access: config?.access, security: schema?.security, problems: Object.keys(schema?.response ?? {}) })
  })
  const route = { at: 'PATCH /thing', schema: { response: { 200: {} } }, problems: [409], handler } as const
  shopRoute(app, { ...route, scope: 'trackings:write' })
  publicRoute(app, { ...route, at: 'PATCH /open', limit: 'visits' })
  const ofAll = ['400', '408', '413', '414', '415', '417', '429', '431', '500', '503', '200', '409']
  expect(seen).toEqual([
    {
      access: { audience: 'shop', scope: 'trackings:write', limit: 'writes' },
      security: [{ apiKey: [] }],
      problems: [...ofAll, '401', '403'].sort(),
    },
    { access: { audience: 'public', limit: 'visits' }, security: undefined, problems: ofAll.sort() },
  ])
})
