/** Who changes something. Made where a request, a job or a command comes in, and named by every entry of the log. */
export type Actor =
  | { kind: 'system' }
  | { kind: 'worker' }
  | { kind: 'key'; id: string }
  | { kind: 'user'; id: string }
  /** By a signed link, after an order look-up, or as anyone who has the number. */
  | { kind: 'customer'; by: 'link' | 'lookup' | 'number' }

export const systemActor: Actor = { kind: 'system' }
export const workerActor: Actor = { kind: 'worker' }

/** As the log keeps it: `worker`, `key:12`, `user:3`, `customer:link`. Never personal data. */
export const actorName = (actor: Actor): string => {
  switch (actor.kind) {
    case 'key':
    case 'user':
      return `${actor.kind}:${actor.id}`
    case 'customer':
      return `customer:${actor.by}`
    default:
      return actor.kind
  }
}
