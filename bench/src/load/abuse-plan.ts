export const abuseKinds = [
  'unknown address, 1 MB',
  'look-up, 1 MB of unknown fields',
  'report, 1 MB of brackets',
  'unknown addresses',
  'unreadable numbers',
  'long searches',
  'wrong keys',
  'preflights with a body',
  'the description',
  'many requests in one packet',
  'silent sockets',
  'CSV of bad lines, with a key',
] as const
export type AbuseKind = (typeof abuseKinds)[number]

/** The worst that one address may send, the kinds dealt out to its connections: each goes on as soon as it is answered or cut. */
export type AbusePlan = {
  url: string
  kinds: readonly AbuseKind[]
  /** Where it comes from: any of 127.0.0.0/8. */
  localAddress: string
  connections: number
  /** How many connections say nothing at all, where that is among the abuse. */
  silentConnections: number
  /** For abuse by someone who has one. */
  key: string
  seconds: number
}

/** How much was sent, and how it was answered; `cut` counts connections that ended. */
export type AbuseResult = { sent: number; statuses: Record<string, number>; cut: number }
