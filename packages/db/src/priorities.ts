/**
 * Classes of due trackings, asked first to last. Seats left empty are never filled with confirmations; suspects and culprits have calls of
 * their own.
 */
export const priorities = {
  manual: 50,
  urgent: 70,
  retry: 75,
  scheduled: 100,
  confirmation: 110,
  suspect: 120,
  culprit: 130,
} as const
export type Priority = (typeof priorities)[keyof typeof priorities]
