import { keysWith, type Permission } from '@jejak/core/access'
import type { Actor } from '@jejak/core/changes'
import type { AnswerKeeper, SessionRow } from '@jejak/db'
import type {
  ContextConfigDefault,
  FastifyInstance,
  FastifySchema,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteGenericInterface,
  RouteHandlerMethod,
  RouteOptions,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { idempotencyHeader } from './answers/idempotency-key.ts'
import { type DeclaredProblem, declaredProblems } from './declared-problems.ts'
import type { LimitName } from './limits/rules.ts'

/** Where a request comes from, a key or a signed-in user: for which shop, with which rights, and what it stands for in the log of changes. */
export type Caller = {
  actor: Actor
  organizationId: string
  permissions: ReadonlySet<Permission>
  /** Of a signed-in user. */
  sessionId: string | null
  /** What stands in the log of requests: the first letters of a key, or the id of a user. */
  loggedAs: { key: string } | { user: string }
}

/** Who may use a route and what counts it. The hooks of keys and limits go by this and by nothing else. */
export type Access = { audience: 'public' | 'account'; limit: PublicLimit } | KeyedAccess
type KeyedAccess = {
  audience: 'shop' | 'staff' | 'operator'
  limit: LimitName
  permission: Permission
  keeping?: Keeping
}

/** By which role a route does what requests with an Idempotency-Key ask for, and which fields of its answer are secrets: these are not kept. */
export type Keeping = { by: AnswerKeeper; secrets: readonly string[] }

/** `own`: the route counts by itself, its misses too. `none`: at most what it is about is counted, by the route. */
type PublicLimit = 'visits' | 'own' | 'none'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
}

type Handler<S extends FastifySchema> = RouteHandlerMethod<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  RouteGenericInterface,
  ContextConfigDefault,
  S,
  ZodTypeProvider
>
type Asked<S extends FastifySchema> = Parameters<Handler<S>>[0]
type Answer<S extends FastifySchema> = Parameters<Handler<S>>[1]

type Route<S extends FastifySchema, Caller> = Pick<
  RouteOptions,
  'exposeHeadRoute' | 'handlerTimeout' | 'validatorCompiler'
> & {
  at: `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`
  /** With what the route answers when all goes well; problems are declared for it. */
  schema: S
  /** The problems of this route, beside those that any such route has. */
  problems?: readonly DeclaredProblem[]
  handler: (request: Asked<S> & Caller, reply: Answer<S>) => ReturnType<Handler<S>>
}

const tagOf = { public: 'public', account: 'account', shop: 'trackings', staff: 'admin', operator: 'operator' } as const

/** RFC 9745: since when an address has another one. */
export const deprecated = { deprecation: `@${Date.UTC(2026, 10, 28) / 1000}` }

const addRoute = <S extends FastifySchema, Caller>(
  app: FastifyInstance,
  { access, at, problems = [], schema, handler, ...route }: Route<S, Caller> & { access: Access },
): void => {
  const [method, url] = at.split(' ') as [string, string]
  const isOpen = access.audience === 'public'
  const keeping = 'keeping' in access ? access.keeping : undefined
  app.route({
    ...route,
    method,
    url,
    config: { access },
    schema: {
      tags: [tagOf[access.audience]],
      ...schema,
      ...(keeping && { headers: idempotencyHeader }),
      ...(access.audience === 'account' && { security: [{ session: [] }] }),
      ...('permission' in access && {
        security: [{ apiKey: [] }, { session: [] }],
        description: withPermission(schema.description, access.permission),
      }),
      ...(schema.response !== undefined && {
        response: {
          ...declaredProblems({
            wantsKey: !isOpen,
            isRead: method === 'GET',
            more: keeping ? [...problems, 409, 422] : problems,
          }),
          ...schema.response,
        },
      }),
    },
    handler: handler as unknown as RouteHandlerMethod,
  })
}

const withPermission = (description: string | undefined, permission: Permission): string =>
  `${description ? `${description} ` : ''}This needs the permission \`${permission}\`: ${keysWith(permission)}.`

/** A route for anyone. */
export const publicRoute = <S extends FastifySchema>(
  app: FastifyInstance,
  { limit, ...route }: Route<S, unknown> & { limit: PublicLimit },
): void => addRoute(app, { ...route, access: { audience: 'public', limit } })

/** A route for whoever is signed in, about their own account. */
export const accountRoute = <S extends FastifySchema>(
  app: FastifyInstance,
  route: Route<S, { session: SessionRow }>,
): void => addRoute(app, { ...route, access: { audience: 'account', limit: 'visits' } })

type Keyed<S extends FastifySchema> = Route<S, { caller: Caller }> & {
  limit?: LimitName
  permission: Permission
  /** The role of the fence that does what the route is for; POST routes whose work is done by another than their audience's say so. */
  by?: AnswerKeeper
  /** The fields of the answer that are shown once. */
  secrets?: readonly string[]
  /** Why a POST route needs no Idempotency-Key. */
  ignoresIdempotencyKey?: string
}

const addSentence = (schema: FastifySchema, sentence: string): string =>
  schema.description ? `${schema.description} ${sentence}` : sentence

/** What wants a key counts as a read or write of its shop unless it says otherwise; a POST with an Idempotency-Key is done once, unless it says why not. */
const addKeyed = <S extends FastifySchema>(
  app: FastifyInstance,
  {
    audience,
    permission,
    limit,
    by,
    secrets = [],
    ignoresIdempotencyKey,
    ...route
  }: Keyed<S> & Pick<KeyedAccess, 'audience'>,
): void => {
  const keeps = route.at.startsWith('POST ') && ignoresIdempotencyKey === undefined
  const sentence =
    ignoresIdempotencyKey !== undefined
      ? `Ignores \`Idempotency-Key\`: ${ignoresIdempotencyKey}`
      : keeps && secrets.length > 0
        ? `Sent again with its \`Idempotency-Key\`, the answer lacks ${secrets.map((field) => `\`${field}\``).join(', ')}.`
        : undefined
  addRoute(app, {
    ...route,
    ...(sentence && { schema: { ...route.schema, description: addSentence(route.schema, sentence) } }),
    access: {
      ...{ audience, permission, limit: limit ?? (route.at.startsWith('GET ') ? 'reads' : 'writes') },
      ...(keeps && { keeping: { by: by ?? (audience === 'operator' ? 'worker' : 'shop'), secrets } }),
    },
  })
}

/** A route for a shop's back end. */
export const shopRoute = <S extends FastifySchema>(app: FastifyInstance, route: Keyed<S>): void =>
  addKeyed(app, { ...route, audience: 'shop' })

/** A route for a shop's staff. */
export const staffRoute = <S extends FastifySchema>(app: FastifyInstance, route: Keyed<S>): void =>
  addKeyed(app, { ...route, audience: 'staff' })

/** A route for the operator of the installation. */
export const operatorRoute = <S extends FastifySchema>(app: FastifyInstance, route: Keyed<S>): void =>
  addKeyed(app, { ...route, audience: 'operator' })

/** The same route at the address that it had in the release before; its answers say that it is going. */
export const movedRoute = <S extends FastifySchema>(
  app: FastifyInstance,
  { handler, schema, ...route }: Keyed<S>,
): void =>
  operatorRoute(app, {
    ...route,
    schema: { ...schema, deprecated: true },
    handler: (request, reply) => handler(request, reply.headers(deprecated)),
  })

/** Who may use a route; fails for one that no helper made, so that none is left unprotected. */
export const accessOf = ({ config, url }: RouteOptions): Access => {
  if (config?.access) return config.access
  // The pages of the documentation come from a plugin.
  if (/^\/docs(\/|$)/.test(url)) return { audience: 'public', limit: 'visits' }
  throw new Error(`${url} was made without a helper of http/routes.ts, so it is not known who may use it.`)
}
