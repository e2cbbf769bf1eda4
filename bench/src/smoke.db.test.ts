import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { families } from './families.ts'
import { openWorld, type World } from './world/world.ts'

const size = { rounds: 1, seconds: 0.2, connections: 4, isQuick: true }

let world: World
beforeAll(async () => {
  world = await openWorld(inject('postgres').adminUrl)
})
afterAll(() => world.close())

test.each(Object.keys(families))(
  'the family %s still runs and measures something',
  async (name) => {
    const outcome = await families[name]!.run({ world, size, report: () => undefined })
    expect(outcome.arms.every(({ values }) => values.length > 0 && values.every((value) => value >= 0))).toBe(true)
    expect(outcome.figures.map(({ value }) => value).every(Number.isFinite)).toBe(true)
  },
  180_000,
)
