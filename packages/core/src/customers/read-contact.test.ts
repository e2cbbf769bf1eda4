import { expect, test } from 'vitest'
import { readContact } from './read-contact.ts'

test.each(['012-345 6789', '+60 12-345 6789', '12-345 6789', '60123456789', '０１２３４５６７８９'])(
  '%s is a phone number',
  (typed) => {
    expect(readContact(typed)).toEqual({ phone: '+60123456789' })
  },
)

test('what holds an @ is an e-mail address', () => {
  expect(readContact(' Aisyah@Example.com')).toEqual({ email: 'aisyah@example.com' })
})

test.each(['Aisyah', '12', '999', 'a@b', '6012-345 6789/013-111 2222'])('%s is neither', (typed) => {
  expect(readContact(typed)).toBeNull()
})
