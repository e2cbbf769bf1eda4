import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isCurrent, type Mark, withMark } from './lag.ts'

const lagMaxMs = 5_000
const marksOf = (...list: [atMs: number, position: number][]): Mark[] =>
  list.reduce<Mark[]>((marks, [atMs, position]) => withMark(marks, { atMs, position, lagMaxMs }), [])

test('a replica that has replayed what was written five seconds ago is current, even though more was written since', () => {
  const marks = marksOf([0, 100], [1_000, 200], [5_000, 900], [6_000, 1_000])
  expect(isCurrent(marks, { replayed: 200, nowMs: 6_000, lagMaxMs })).toBe(true)
  expect(isCurrent(marks, { replayed: 199, nowMs: 6_000, lagMaxMs })).toBe(false)
})

test('nothing is written at night: the replica stays current', () => {
  const marks = marksOf(...Array.from({ length: 100 }, (_, second): [number, number] => [second * 1_000, 500]))
  expect(isCurrent(marks, { replayed: 500, nowMs: 100_000, lagMaxMs })).toBe(true)
  expect(marks.length).toBeLessThan(10)
})

test('a replica whose stream has broken is behind as soon as something older than the limit is missing', () => {
  const marks = marksOf([0, 100], [1_000, 101])
  expect(isCurrent(marks, { replayed: 100, nowMs: 5_999, lagMaxMs })).toBe(true)
  expect(isCurrent(marks, { replayed: 100, nowMs: 6_000, lagMaxMs })).toBe(false)
})

test('at the start a replica is not trusted before it has reached the primary once', () => {
  expect(isCurrent([], { replayed: 1_000, nowMs: 0, lagMaxMs })).toBe(false)
  expect(isCurrent(marksOf([0, 1_000]), { replayed: 999, nowMs: 100, lagMaxMs })).toBe(false)
  expect(isCurrent(marksOf([0, 1_000]), { replayed: 1_000, nowMs: 100, lagMaxMs })).toBe(true)
})

test('while the primary is away the replica has to have what the primary last had', () => {
  const marks = marksOf([0, 100], [1_000, 200])
  expect(isCurrent(marks, { replayed: 200, nowMs: 3_600_000, lagMaxMs })).toBe(true)
  expect(isCurrent(marks, { replayed: 199, nowMs: 3_600_000, lagMaxMs })).toBe(false)
})

test('forgetting old marks never changes the verdict', () => {
  const steps = fc.array(fc.record({ laterMs: fc.integer({ min: 1, max: 3_000 }), written: fc.nat(10) }), {
    minLength: 1,
  })
  fc.assert(
    fc.property(steps, fc.nat(500), (list, replayed) => {
      const all: Mark[] = []
      let kept: Mark[] = []
      let [atMs, position] = [0, 0]
      for (const { laterMs, written } of list) {
        atMs += laterMs
        position += written
        all.push({ atMs, position })
        kept = withMark(kept, { atMs, position, lagMaxMs })
        expect(isCurrent(kept, { replayed, nowMs: atMs, lagMaxMs })).toBe(
          isCurrent(all, { replayed, nowMs: atMs, lagMaxMs }),
        )
      }
    }),
  )
})
