import type { Sql } from '@jejak/db'
import { expect, test } from 'vitest'
import { watchClock } from './watch-clock.ts'

test('a start on a machine whose clock is off says once that nothing is checked and why, and once that it goes on', async () => {
  const database = new Date('2026-11-17T02:00:00Z')
  const machine = { aheadMs: 0 }
  const lines: string[] = []
  const look = watchClock(
    { sql: {} as Sql, clock: async () => database, now: () => new Date(database.getTime() + machine.aheadMs) },
    (line) => lines.push(line),
  )
  for (const aheadMs of [0, 60_000, 90_000, 95_000, 1_000, 0, -3_600_000]) {
    machine.aheadMs = aheadMs
    await look()
  }
  expect(lines).toEqual([
    "No parcel is checked: the clock of this machine is 90 s ahead of the database's. Reading still works. Set the clock, and checks continue.",
    'The clock of this machine agrees with the database again: parcels are checked.',
    "No parcel is checked: the clock of this machine is 3600 s behind the database's. Reading still works. Set the clock, and checks continue.",
  ])
})
