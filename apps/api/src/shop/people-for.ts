import type { People } from '@jejak/core/listing'
import { listMembers } from '@jejak/db'
import type { RouteDeps } from '../deps.ts'
import type { Caller } from '../http/routes.ts'

/** Whom the filters of a caller can mean. */
export const peopleFor = (
  { promptDb }: Pick<RouteDeps, 'promptDb'>,
  { actor, organizationId }: Pick<Caller, 'actor' | 'organizationId'>,
): People => ({
  me: actor.kind === 'user' ? actor.id : null,
  members: async () => (await listMembers(promptDb.sql, organizationId)).map(({ id }) => id),
})
