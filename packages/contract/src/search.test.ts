import { expect, test } from 'vitest'
import { keptOutOfAddresses } from './search.ts'

test.each([
  ['aisyah@example.com', 'contact'],
  ['012-345 6789', 'contact'],
  ['+60 12 345 6789', 'contact'],
  ['60123456789', 'contact'],
  ['jejak_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg', 'key'],
  ['Bearer jejak_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg', 'key'],
  ['632143239945', undefined],
  ['239945', undefined],
  ['EE176513774MY', undefined],
  ['#1001', undefined],
  ['jejak_AbCdE', undefined],
  ['parcel:55', undefined],
])('a contact and a whole key are kept out of addresses, all else is searched: %s', (typed, reason) => {
  expect(keptOutOfAddresses(typed)).toBe(reason)
})
