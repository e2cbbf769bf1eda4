import { expect, test } from 'vitest'
import { createPlaces } from './places.ts'

test('a shop gets no more streams than its share, all shops no more than there are, and what is given back can be taken again', () => {
  const places = createPlaces({ max: 3, maxEach: 2 })
  const first = places.take('kopi')!
  expect(places.take('kopi')).not.toBeNull()
  expect(places.take('kopi')).toBeNull()
  expect(places.take('buku')).not.toBeNull()
  expect(places.take('buku')).toBeNull()
  first()
  first()
  expect(places.take('kopi')).not.toBeNull()
  expect(places.take('buku')).toBeNull()
})
