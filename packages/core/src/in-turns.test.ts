import { expect, test } from 'vitest'
import { mapInTurns } from './in-turns.ts'

/** Keeps the processor busy for at least 3 ms, longer than one turn. */
const longWork = () => {
  for (const end = performance.now() + 3; performance.now() < end; );
}

test('others get their turn while a long list is worked through, and its order is kept', async () => {
  const happened: string[] = []
  let isDone = false
  const visitor = () => {
    happened.push('visitor')
    if (!isDone) setImmediate(visitor)
  }
  setImmediate(visitor)
  const answers = await mapInTurns(['a', 'b', 'c'], (name) => {
    longWork()
    happened.push(name)
    return name.toUpperCase()
  })
  isDone = true
  expect(answers).toEqual(['A', 'B', 'C'])
  expect(happened.filter((one) => one !== 'visitor')).toEqual(['a', 'b', 'c'])
  for (const name of ['b', 'c']) expect(happened[happened.indexOf(name) - 1]).toBe('visitor')
})

test('an item that cannot be worked on ends the work, and those behind it are not begun', async () => {
  const begun: number[] = []
  const work = mapInTurns([1, 2, 3], (number) => {
    begun.push(number)
    longWork()
    if (number === 2) throw new Error('two')
  })
  await expect(work).rejects.toThrow('two')
  expect(begun).toEqual([1, 2])
})
