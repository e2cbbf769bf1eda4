import { describe, expect, test } from 'vitest'
import { contact } from './contact.ts'

describe('a buyer’s contact', () => {
  test.each(['012-345 6789', '+60 12-345 6789', '60123456789', '0060123456789', '(012) 3456789'])(
    'the phone number %s is the same phone however it is written',
    (phone) => {
      expect(contact.parse({ phone })).toEqual({ phone: '+60123456789' })
    },
  )

  test('a foreign phone number keeps its country', () => {
    expect(contact.parse({ phone: '+65 9123 4567' })).toEqual({ phone: '+6591234567' })
  })

  test('an e-mail address is the same in any case', () => {
    expect(contact.parse({ email: ' Aisyah@Example.COM ' })).toEqual({ email: 'aisyah@example.com' })
  })

  test.each([{ phone: '12345' }, { phone: 'none' }, { email: 'aisyah' }, {}, { fax: '012-3456789' }])(
    '%j is refused',
    (input) => {
      expect(contact.safeParse(input).success).toBe(false)
    },
  )
})
