import { expect, test } from 'vitest'
import { readContact, readEmail } from './contact.ts'

test.each(['012-345 6789', '+60 12-345 6789', '12-345 6789', '60123456789', '０１２３４５６７８９'])(
  '%s is a phone number',
  (typed) => {
    expect(readContact(typed)).toEqual({ phone: '+60123456789' })
  },
)

test('what holds an @ is an e-mail address', () => {
  expect(readContact(' Aisyah@Example.com')).toEqual({ email: 'aisyah@example.com' })
})

test.each(['Aisyah', '12', '999', 'a@b'])('%s is neither', (typed) => {
  expect(readContact(typed)).toBeNull()
})

test.each([
  ['r&d@example.com', 'r&d@example.com'],
  ['a..b@example.com', 'a..b@example.com'],
  ['aisyah@bücher.example', 'aisyah@xn--bcher-kva.example'],
  ['aisyah@xn--bcher-kva.example', 'aisyah@xn--bcher-kva.example'],
  ['aisyah@example.com.', 'aisyah@example.com'],
  ['aisyah＠example.com', 'aisyah@example.com'],
  ['ais\u00adyah@exam\u200bple.com', 'aisyah@example.com'],
  ['Aisyah <Aisyah@Example.com>', 'aisyah@example.com'],
  ['mailto:aisyah@example.com', 'aisyah@example.com'],
  ['aisyah@example.com; bala@example.com', 'aisyah@example.com'],
])('%s is read as %s', (typed, email) => {
  expect(readEmail(typed)).toBe(email)
  expect(readEmail(email)).toBe(email)
})

test.each(['a***h@example.com', 'a@b', 'a@1.2', '@example.com', 'a b@', 'a@exa_mple.com:80'])(
  '%s is no e-mail address',
  (typed) => {
    expect(readEmail(typed)).toBeUndefined()
  },
)
