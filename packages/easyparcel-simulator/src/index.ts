import { buildApp } from './app.ts'
import type {
  AccountInput,
  BookingInput,
  FaultProbabilities,
  ForcedFault,
  Poison,
  SimulatorOptions,
} from './options.ts'
import { poison, readOptions } from './options.ts'
import type { Truth } from './parcels.ts'
import type { Stats } from './stats.ts'
import { buildWorld } from './world.ts'

export type { FaultName } from './faults.ts'
export type { AccountInput, BookingInput, FaultProbabilities, ForcedFault, SimulatorOptions, Stats, Truth }

/** A running simulator with its controls, for tests in the same process; other processes use `/_control`. */
export type Simulator = {
  /** Base address, for Open API, OAuth and classic calls alike. */
  url: string
  port: number
  /** Returns how many were new; a parcel booked before keeps its life. */
  book(bookings: readonly BookingInput[]): number
  truth(filter?: { awb?: string; testNumbers?: boolean }): Truth[]
  stats(): Stats
  resetStats(): void
  setFaults(probabilities: FaultProbabilities): void
  /** The next `times` calls that can have this fault get it. */
  forceFault(fault: ForcedFault): void
  /** From now on these numbers spoil every call in which they are asked for, and no others. */
  setPoison(poison: Poison): void
  /** Moves script time on; what it passes over happened just now. */
  advance(scriptMs: number): void
  addAccount(account: AccountInput): void
  close(): Promise<void>
}

/** Starts an EasyParcel look-alike on `options.port` (0: any free one). Rejects when an option is wrong or the port is taken. */
export const startSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const settings = readOptions(options)
  const world = buildWorld(settings)
  const app = buildApp(world)
  await app.listen({ host: settings.host, port: settings.port })
  const address = app.server.address()
  const port = typeof address === 'object' && address ? address.port : settings.port
  return {
    url: `http://${settings.host}:${port}`,
    port,
    book: world.book,
    truth: world.parcels.truth,
    stats: world.counter.read,
    resetStats: world.counter.reset,
    setFaults: world.dice.setProbabilities,
    forceFault: world.dice.force,
    setPoison: (given) => {
      settings.poison = poison.parse(given)
    },
    advance: world.advance,
    addAccount: world.addAccount,
    close: () => app.close(),
  }
}
