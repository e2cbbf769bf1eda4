import { type Accounts, keepAccounts } from './accounts.ts'
import { readBookingsFile } from './bookings-file.ts'
import { type ScriptClock, startClock } from './clock.ts'
import { type FaultDice, rollFaults } from './fault-dice.ts'
import { type AccountInput, accountInput, type BookingInput, type Settings } from './options.ts'
import { keepParcels, type Parcels } from './parcels.ts'
import { readState, writeState } from './state-file.ts'
import { type Counter, startCounter } from './stats.ts'

/** Everything a request can touch. */
export type World = {
  settings: Settings
  clock: ScriptClock
  accounts: Accounts
  parcels: Parcels
  dice: FaultDice
  counter: Counter
  book(inputs: readonly BookingInput[]): number
  addAccount(input: AccountInput): void
  advance(byMs: number): void
}

/** Builds the simulator's state from its settings, and from the state file of an earlier run if there is one. */
export const buildWorld = (settings: Settings): World => {
  const kept = settings.stateFile ? readState(settings.stateFile) : undefined
  const startedAt = kept ? new Date(kept.startedAt) : settings.now()
  const clock = startClock(settings.now, settings.speed, startedAt, kept?.jumps)
  const accounts = keepAccounts(settings, kept?.tokens ?? [], () => save())
  const parcels = keepParcels({ seed: settings.seed, clock, accounts: accounts.accounts, kept: kept?.bookings ?? [] })

  const save = () => {
    if (!settings.stateFile) return
    const jumps = [...clock.jumps]
    writeState(settings.stateFile, {
      startedAt: startedAt.getTime(),
      jumps,
      bookings: parcels.all(),
      tokens: accounts.tokens(),
    })
  }
  const book = (inputs: readonly BookingInput[]) => {
    const added = parcels.book(inputs)
    save()
    return added
  }
  const firstAccount = settings.accounts[0]!.id
  book([...settings.bookings, ...(settings.bookingsFile ? readBookingsFile(settings.bookingsFile, firstAccount) : [])])

  return {
    settings,
    clock,
    accounts,
    parcels,
    dice: rollFaults(settings.seed, settings.faults),
    counter: startCounter(),
    book,
    addAccount: (input) => accounts.add(accountInput.parse(input)),
    advance: (byMs) => {
      clock.advance(byMs)
      save()
    },
  }
}
