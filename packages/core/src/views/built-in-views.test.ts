import { trackingStatuses, viewFilter } from '@jejak/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { builtInViews, countBuiltIn } from './built-in-views.ts'

test('every parcel that is not archived is in exactly one view of statuses', () => {
  const statuses = builtInViews.flatMap(({ filter }) => ('status' in filter ? [...filter.status] : []))
  expect(statuses.toSorted()).toEqual([...trackingStatuses].toSorted())
})

test('every built-in view can be asked for in the list', () => {
  for (const { filter } of builtInViews) expect(viewFilter.safeParse(filter).success).toBe(true)
})

test('the counts of the views of statuses are all parcels together; those that need a person are counted once more', () => {
  const count = fc.record({
    status: fc.constantFrom(...trackingStatuses),
    needsPerson: fc.boolean(),
    amount: fc.nat({ max: 1000 }),
  })
  fc.assert(
    fc.property(fc.array(count), (counts) => {
      const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)
      const views = countBuiltIn(counts)
      const ofPerson = views.find(({ id }) => id === 'needs_person')!.count
      expect(ofPerson).toBe(sum(counts.filter(({ needsPerson }) => needsPerson).map(({ amount }) => amount)))
      expect(sum(views.map((view) => view.count)) - ofPerson).toBe(sum(counts.map(({ amount }) => amount)))
    }),
  )
})
