/** Where a request came from: its address as a keyed hash, and its id. */
export type Origin = { addressHmac: string; requestId: string }

/** Who changes something. Made where a request, a job or a command comes in, and named by every entry of the logs. */
export type Actor =
  | { kind: 'system' }
  | { kind: 'worker' }
  /** What the list of an EasyParcel account told. */
  | { kind: 'sync' }
  /** Someone at the command line of the server. */
  | { kind: 'console' }
  | { kind: 'key'; id: string; origin?: Origin }
  | { kind: 'user'; id: string; origin?: Origin }
  /** A run that brings old data along. */
  | { kind: 'migration'; id: string }
  /** Someone who has not proved who they are. */
  | { kind: 'anonymous'; origin?: Origin }
  /** By a signed link, after an order look-up, or as anyone who has the number. */
  | { kind: 'customer'; by: 'link' | 'lookup' | 'number' }

export const systemActor: Actor = { kind: 'system' }
export const workerActor: Actor = { kind: 'worker' }
export const syncActor: Actor = { kind: 'sync' }
export const consoleActor: Actor = { kind: 'console' }

/** As the logs keep it: `worker`, `key:12`, `user:3`, `customer:link`. Never personal data. */
export const actorName = (actor: Actor): string => {
  switch (actor.kind) {
    case 'key':
    case 'user':
    case 'migration':
      return `${actor.kind}:${actor.id}`
    case 'customer':
      return `customer:${actor.by}`
    default:
      return actor.kind
  }
}
