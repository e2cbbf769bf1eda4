import { expect, test } from 'vitest'
import { planRegistration } from './plan-registration.ts'

const now = new Date('2026-03-02T04:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 3_600_000)
const plan = (status: string, endedDaysAgo: number | null, orders: string[], orderNumber?: string) =>
  planRegistration(
    {
      ...{ status, endedAt: endedDaysAgo === null ? null : daysAgo(endedDaysAgo) },
      ...{ orders, withoutEmail: [], withoutPhone: [] },
    },
    { asked: { trackingNumber: '632143239945', orderNumber }, now },
  ).outcome

test('another order joins a parcel that lives or ended at most 14 days ago, and begins a new life after that', () => {
  expect(plan('in_transit', null, ['A'], 'B')).toBe('order_added')
  expect(plan('delivered', 14, ['A'], 'B')).toBe('order_added')
  expect(plan('delivered', 14.1, ['A'], 'B')).toBe('renewed')
  expect(plan('lapsed', 14.1, ['A'], 'B')).toBe('renewed')
})

test('the first order that is named for an ended parcel is its own, however long ago it ended', () => {
  expect(plan('delivered', 100, [], 'A')).toBe('order_added')
  expect(plan('lapsed', 100, [], 'A')).toBe('order_added')
})

test('the same order, or none, wakes a parcel that was given up and nothing else', () => {
  for (const order of ['#a', undefined]) {
    expect(plan('lapsed', 100, ['A'], order)).toBe('reopened')
    expect(plan('delivered', 100, ['A'], order)).toBe('exists')
    expect(plan('in_transit', null, ['A'], order)).toBe('exists')
  }
})

test('the same order brings a contact only of a kind that it came without, and only if it names one', () => {
  const life = { endedAt: null, orders: ['A', 'B'], withoutEmail: ['A'], withoutPhone: ['A', 'B'] }
  const brings = (orderNumber: string | undefined, contact: object | undefined, status = 'in_transit') =>
    planRegistration({ ...life, status }, { asked: { trackingNumber: '632143239945', orderNumber, contact }, now })
      .givesContact
  const [email, phone] = [{ email: 'aisyah@example.com' }, { phone: '+60123456789' }]
  expect([brings('#a', email), brings('a', phone), brings('B', phone)]).toEqual([true, true, true])
  expect([brings('B', email), brings('A', {}), brings('A', undefined), brings(undefined, email)]).toEqual(
    Array(4).fill(false),
  )
})
