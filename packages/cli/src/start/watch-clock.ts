import { clockComplaint, clockDifference, clockIsOff } from '@jejak/core/checking/overview'

type ClockDeps = Parameters<typeof clockDifference>[0]

/** Looks, each time it is called, whether this machine's clock keeps the worker from checking; says so once, and once when it no longer does. */
export const watchClock = (deps: ClockDeps, say: (line: string) => void): (() => Promise<void>) => {
  let wasOff = false
  return async () => {
    const differenceMs = await clockDifference(deps)
    const isOff = clockIsOff(differenceMs)
    if (isOff && !wasOff)
      say(
        `No parcel is checked: ${clockComplaint(differenceMs)}. Reading still works. Set the clock, and checks continue.`,
      )
    if (!isOff && wasOff) say('The clock of this machine agrees with the database again: parcels are checked.')
    wasOff = isOff
  }
}
