import type pg from 'pg'

/**
 * The roles of the fence; docs/fence.md tells what each is for. `public` reads what anyone may, `lookup` what visitors prove to be theirs;
 * `access` lets people in.
 */
export const fenceRoles = ['public', 'shop', 'lookup', 'access', 'worker'] as const
export type FenceRole = (typeof fenceRoles)[number]

/** Who a session is to the database. The owner is behind no fence: it migrates, and with FENCE=off it does everything. */
export type SessionRole = FenceRole | 'owner'

/** A session that could see or change more than its role may. */
export class FenceError extends Error {
  override readonly name = 'FenceError'
}

const refusals = new Set(['22023', '42704', '42501'])

/** Whether a session could not take its role: one that is not there, or that the user of the address may not take. */
export const isRoleRefused = ({ code, message }: { code?: string; message: string }): boolean =>
  refusals.has(code ?? '') && fenceRoles.some((role) => message.includes(`jejak_${role}`))

const others = (role: FenceRole) => fenceRoles.filter((other) => other !== role)

/** A session has its role alone, and the policies apply to it: so neither the owner nor a superuser passes, however the connection was made. */
const isFencedSql = (role: FenceRole): string => `
  select row_security_active('tracking_cache') and pg_has_role('jejak_${role}', 'usage')
         and not (${others(role)
           .map((other) => `pg_has_role('jejak_${other}', 'usage')`)
           .join(' or ')}) as "isFenced", current_user as "user"`

type Verify = (client: pg.ClientBase, done: (error?: Error) => void) => void

const verifyAs =
  (role: FenceRole): Verify =>
  (client, done) => {
    // The pool listens to clients that are connecting or idle. One that dies in between tells its query, and an event without a listener would
    // end the process.
    const leaveToQuery = () => undefined
    client.on('error', leaveToQuery)
    client
      .query<{ isFenced: boolean; user: string }>(isFencedSql(role))
      .then(({ rows: [found] }) =>
        found?.isFenced
          ? undefined
          : new FenceError(
              `A session of jejak_${role} is ${found?.user} to the database, which may do something else: see docs/fence.md.`,
            ),
      )
      .then(done, done)
      .finally(() => client.off('error', leaveToQuery))
  }

/**
 * What makes each session of a pool this role, and refuses one that is not. A pooler takes no start-up parameters: there the address says
 * which role it is.
 */
export const sessionAs = (
  role: SessionRole,
  { isPooled }: { isPooled: boolean },
): { options?: string; verify?: Verify } => {
  if (role === 'owner') return {}
  return { ...(!isPooled && { options: `-c role=jejak_${role}` }), verify: verifyAs(role) }
}
