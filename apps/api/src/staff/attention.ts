import {
  assignRequest,
  attentionView,
  casesAnswer,
  casesNoteRequest,
  casesPage,
  casesQuery,
  settleRequest,
  snoozeRequest,
  trackingIdParams,
  trackingView,
} from '@jejak/contract'
import { keysWith } from '@jejak/core/access'
import {
  areMany,
  assignCases,
  choicesOf,
  meaningOfReason,
  noteCases,
  requireAttentionReason,
  settleCases,
  snoozeCases,
  type WhichCases,
} from '@jejak/core/attention'
import { countReasons, findLastSettled } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { forbidden, invalid } from '../http/http-problem.ts'
import { type Caller, staffRoute } from '../http/routes.ts'
import { getTrackingView } from '../shop/tracking-view.ts'
import { findMemberNames, listCasesPage } from './attention-cases.ts'

const many =
  'On parcels by `ids`, at most 1,000, or on all of a `reason` that were open `asOf` a time and are not silent.'

/** What needs a person, and what people do about it. */
export const attentionRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { db, now: nowOf } = deps
  const settleDeps = (organizationId: string) => ({ ...deps, settings: deps.settingsOf(organizationId) })

  staffRoute(app, {
    at: 'GET /v1/admin/attention',
    permission: 'attention:read',
    schema: {
      summary: 'What needs a person, by reason, and what can be done about it',
      description:
        'The counts are kept with each change of a parcel: they cost the same however many parcels there are.',
      response: { 200: attentionView },
    },
    handler: async ({ caller: { organizationId } }) => {
      const shop = db.ofShop(organizationId).sql
      const [reasons, lastSettledAt] = await Promise.all([countReasons(shop, nowOf()), findLastSettled(shop)])
      return {
        open: reasons.reduce((all, { open }) => all + open, 0),
        reasons: reasons.map(({ oldestAt, ...one }) => ({
          ...{ ...one, oldestAt: oldestAt?.toISOString() ?? null },
          ...{ meaning: meaningOfReason(one.reason), choices: choicesOf(one.reason) },
        })),
        lastSettledAt: lastSettledAt?.toISOString() ?? null,
      }
    },
  })

  staffRoute(app, {
    at: 'GET /v1/admin/attention/cases',
    permission: 'attention:read',
    schema: {
      summary: 'The cases that are open, the longest open first',
      querystring: casesQuery,
      response: { 200: casesPage },
    },
    handler: ({ caller, query }) => listCasesPage(deps, { caller, query }),
  })

  staffRoute(app, {
    at: 'POST /v1/admin/attention/settle',
    permission: 'attention:settle',
    schema: {
      summary: 'Settle cases, or put them off, in one of the ways that are offered for their reason',
      description: `${many} What \`how\` does is said by the choices of each reason. \`retry\` counts as a check asked for by hand; for more than one parcel it needs \`checks:bulk\`, too. \`lost\` and \`returned\` are events of the shop’s own, which customers see as such.`,
      body: settleRequest,
      response: { 200: casesAnswer },
    },
    problems: [404, 409],
    handler: ({ caller, body: { how, until, fix, ...given } }, reply) => {
      const { actor, organizationId } = caller
      const which = toWhich(given)
      if (how === 'retry') {
        if (areMany(which)) wantBulkChecks(caller)
        reply.headers(deps.limits.take('refreshes', organizationId))
      }
      return settleCases(settleDeps(organizationId), {
        ...{ actor, organizationId, how, which },
        ...(until !== undefined && { until: new Date(until) }),
        ...(fix !== undefined && { fix }),
      })
    },
  })

  staffRoute(app, {
    at: 'POST /v1/admin/attention/snooze',
    permission: 'attention:settle',
    schema: {
      summary: 'Silence cases until a time, or until there is news',
      description: `${many} \`until\` null wakes cases that are silent.`,
      body: snoozeRequest,
      response: { 200: casesAnswer },
    },
    handler: ({ caller: { actor, organizationId }, body: { until, ...which } }) =>
      snoozeCases(deps, {
        actor,
        organizationId,
        which: toWhich(which),
        until: until === null ? null : new Date(until),
      }),
  })

  staffRoute(app, {
    at: 'POST /v1/admin/attention/assign',
    permission: 'attention:settle',
    schema: {
      summary: 'Say who sees to cases',
      description: many,
      body: assignRequest,
      response: { 200: casesAnswer },
    },
    handler: async ({ caller: { actor, organizationId }, body: { userId, ...which } }) => {
      if (userId !== null && !(await findMemberNames(deps, organizationId)).has(userId))
        throw invalid('userId: The shop has no member with this id.')
      return assignCases(deps, { actor, organizationId, which: toWhich(which), userId })
    },
  })

  staffRoute(app, {
    at: 'POST /v1/admin/attention/note',
    permission: 'notes:write',
    schema: {
      summary: 'Write the same note on several cases',
      description: `${many} Notes are seen by everyone of the shop, never by customers. They go with the parcel.`,
      body: casesNoteRequest,
      response: { 200: casesAnswer },
    },
    handler: ({ caller: { actor, organizationId }, body: { text, ...which } }) =>
      noteCases(deps, { actor, organizationId, which: toWhich(which), text }),
  })

  staffRoute(app, {
    at: 'POST /v1/admin/trackings/:id/attention/resolve',
    permission: 'attention:settle',
    schema: {
      summary: 'Take a parcel off the attention list',
      description:
        'The same as `POST /v1/admin/attention/settle` with `how` seen, for one parcel. A customer’s report is removed for good. If a check found the reason and it still applies, it returns with the next check.',
      params: trackingIdParams,
      response: { 200: trackingView },
    },
    problems: [404],
    handler: async ({ caller: { actor, organizationId }, params: { id } }) => {
      await settleCases(settleDeps(organizationId), { actor, organizationId, which: { ids: [id] }, how: 'seen' })
      return getTrackingView(deps, { organizationId, trackingId: id })
    },
  })
}

/** Who tries many again has as many checked as a refresh run has. */
const wantBulkChecks = ({ permissions }: Caller): void => {
  if (!permissions.has('checks:bulk'))
    throw forbidden(
      `Trying more than one parcel again needs the permission checks:bulk: ${keysWith('checks:bulk').replaceAll('`', '')}.`,
    )
}

type Given = { ids?: string[] | undefined; reason?: string | undefined; asOf?: string | undefined }

/** The contract has made sure that it is one or the other. */
const toWhich = ({ ids, reason, asOf }: Given): WhichCases => {
  if (ids) return { ids }
  requireAttentionReason(reason!)
  return { reason: reason!, asOf: new Date(asOf!) }
}
