import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { customerReport, orderLookup } from './buyer.ts'
import { readRegistration, trackingRegistration } from './registration.ts'
import { shopPatch } from './shop.ts'
import { bulkRegistration, trackingListQuery, trackingPatch } from './trackings.ts'

const number = { trackingNumber: '632143239945' }
const read = (item: unknown) => {
  const found = readRegistration(item)
  if (found.problem) throw new Error(found.problem.detail)
  return found
}
const warnedOf = (item: object) => read({ ...number, ...item }).warnings.map(({ path }) => path)

test('a number is enough', () => {
  expect(read({ trackingNumber: ' 6321 4323 9945' })).toEqual({ trackings: [number], warnings: [] })
})

test('everything a shop knows about a parcel is kept, in one spelling', () => {
  const full = {
    trackingNumber: 'er665997516my',
    courier: ' Pos Laju ',
    orderNumber: ' #1001 ',
    contact: { email: 'Aisyah@Example.com', phone: '012-345 6789 / 019-876 5432' },
    estimatedDelivery: '25/01/2026',
    bookedAt: '23/01/2026 12:28',
  }
  expect(read(full)).toEqual({
    trackings: [
      {
        trackingNumber: 'ER665997516MY',
        courier: 'Pos Laju',
        orderNumber: '#1001',
        contact: { email: 'aisyah@example.com', phone: '+60123456789', otherPhone: '+60198765432' },
        estimatedDelivery: '2026-01-25',
        bookedAt: '2026-01-23T04:28:00.000Z',
      },
    ],
    warnings: [],
  })
})

test.each([
  { courier: null, orderNumber: null, contact: null, estimatedDelivery: null, bookedAt: null },
  { courier: '', orderNumber: ' ', contact: { email: '', phone: '' }, estimatedDelivery: '', bookedAt: '' },
  { courier: '\u200b', contact: { email: null } },
  { contact: '' },
  { contact: {} },
])('what programs send for nothing counts as absent: %j', (empty) => {
  expect(read({ ...number, ...empty })).toEqual({ trackings: [number], warnings: [] })
})

test('a whole number is as good as text, but for a tracking number, which would lose digits', () => {
  expect(read({ ...number, orderNumber: 1001, contact: { phone: 60123456789 } }).trackings).toEqual([
    { ...number, orderNumber: '1001', contact: { phone: '+60123456789' } },
  ])
  expect(readRegistration({ trackingNumber: 632143239945 }).problem?.detail).toContain('as text in quotes')
})

test.each([
  [{ contact: { phone: '******89' } }, ['contact.phone']],
  [{ contact: { phone: 'N/A', email: 'a***h@example.com' } }, ['contact.email', 'contact.phone']],
  [{ contact: 'nobody' }, ['contact']],
  [{ contact: [7] }, ['contact']],
  [{ estimatedDelivery: '0000-01-01' }, ['estimatedDelivery']],
  [{ estimatedDelivery: '1/23/2026', bookedAt: 7 }, ['estimatedDelivery', 'bookedAt']],
  [{ courier: { name: 'DHL' } }, ['courier']],
])('the parcel is registered and what cannot be read of it is a warning: %j', (item, paths) => {
  expect(warnedOf(item)).toEqual(paths)
  expect(read({ ...number, ...item }).trackings).toEqual([number])
})

test('what can be read of a contact is used, whatever becomes of the rest', () => {
  const { trackings, warnings } = read({ ...number, contact: { phone: '012-345 6789', email: 'none' } })
  expect(trackings[0]?.contact).toEqual({ phone: '+60123456789' })
  expect(warnings).toHaveLength(1)
})

test('a cell with several numbers is as many parcels of that order', () => {
  const { trackings } = read({ trackingNumber: '632143239958\n632143239959', orderNumber: '7' })
  expect(trackings).toEqual([
    { trackingNumber: '632143239958', orderNumber: '7' },
    { trackingNumber: '632143239959', orderNumber: '7' },
  ])
})

test('an order number that a spreadsheet has shortened is refused as a tracking number is', () => {
  expect(readRegistration({ ...number, orderNumber: '5.76461E+17' }).problem).toMatchObject({
    detail: expect.stringContaining('shortened this order number'),
    errors: [{ path: 'orderNumber' }],
  })
})

test('an order number that cannot be kept is refused: without it no one finds the parcel', () => {
  for (const orderNumber of ['x'.repeat(101), 'two\nlines', 'a\0b', { a: 1 }])
    expect(readRegistration({ ...number, orderNumber }).problem?.errors).toMatchObject([{ path: 'orderNumber' }])
})

test('long numbers that all end in zeros are registered with a warning', () => {
  const alike = new Set<string>()
  const warned = (orderNumber: string) => {
    const item = readRegistration({ ...number, orderNumber }, alike)
    return item.problem ? item.problem : item.warnings.map(({ path }) => path)
  }
  expect(warnedOf({ orderNumber: '7028021894371700' })).toEqual(['orderNumber'])
  expect(warned('7028021894371710')).toEqual([])
  expect(warned('7028021894371720')).toEqual(['orderNumber'])
  expect(warned('7028021894371796')).toEqual([])
  expect(warned('1000')).toEqual([])
})

test('a misspelt field is refused by name instead of being lost', () => {
  for (const item of [
    { ...number, order_number: '1' },
    { ...number, contact: { order_number: '1' } },
  ])
    expect(readRegistration(item).problem?.detail).toBe('There is no field “order_number” here.')
})

describe('an error sentence', () => {
  const libraryWords =
    /Invalid|expected (array|string|object|number)|Unrecognized|Too (big|small)|received \w+$|must match|undefined|NaN/
  const schemas: z.ZodType[] = [
    bulkRegistration,
    trackingPatch,
    shopPatch,
    orderLookup,
    customerReport,
    trackingListQuery,
  ]
  const fields = [
    'trackingNumber',
    'courier',
    'orderNumber',
    'contact',
    'trackings',
    'languages',
    'kind',
    'status',
    'limit',
    'attention',
    'color',
    'logoUrl',
    'cursor',
    'changedAfter',
    'name',
    'email',
    'phone',
    'bookedAt',
    'misspelt',
  ]

  test('is ours, whatever was sent, and no longer than a line or two', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('', null, -1, 1e99, 'x'.repeat(3_000)))
    const body = fc.oneof(fc.dictionary(fc.constantFrom(...fields), value), value)
    fc.assert(
      fc.property(body, (sent) => {
        const issues = schemas.flatMap((schema) => schema.safeParse(sent).error?.issues ?? [])
        const messages = [...issues.map(({ message }) => message), readRegistration(sent).problem?.detail ?? '']
        for (const message of messages) {
          expect(message).not.toMatch(libraryWords)
          expect(message.length).toBeLessThan(400)
        }
      }),
      { numRuns: 500 },
    )
  })
})

test('a value of a hundred thousand nested lists affects nothing but itself', () => {
  const list = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
  const object = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)
  for (const deep of [list, object]) {
    const read = readRegistration({
      trackingNumber: '632143239945',
      bookedAt: deep,
      courier: deep,
      estimatedDelivery: deep,
    })
    expect(read).toMatchObject({ trackings: [{ trackingNumber: '632143239945' }] })
    expect(readRegistration({ trackingNumber: '632143239945', contact: { phone: deep } })).toMatchObject({
      trackings: [{}],
    })
    expect(readRegistration({ trackingNumber: '632143239945', orderNumber: deep }).problem).toBeDefined()
    expect(() => readRegistration({ trackingNumber: deep, contact: deep })).not.toThrow()
    expect(trackingRegistration.safeParse({ trackingNumber: '632143239945', contact: deep }).success).toBe(false)
  }
  expect(readRegistration({ trackingNumber: '632143239945', contact: list })).toMatchObject({
    warnings: [{ path: 'contact' }],
  })
})
