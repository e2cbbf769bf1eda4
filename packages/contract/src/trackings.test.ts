import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { problem } from './problem.ts'
import { readRegistration } from './registration.ts'
import { trackingDocument } from './tracking-document.ts'
import {
  bulkRegistration,
  bulkRegistrationAnswer,
  refreshAnswer,
  trackingListQuery,
  trackingPage,
  trackingPatch,
} from './trackings.ts'

const messagesOf = (schema: z.ZodType, input: unknown): string[] =>
  schema.safeParse(input).error?.issues.map(({ message }) => message) ?? []

describe('registering many parcels at once', () => {
  test('one bad item does not refuse the whole list', () => {
    const { trackings } = bulkRegistration.parse({ trackings: [{ trackingNumber: '632143239945' }, 'nonsense', 42] })
    expect(trackings.map((item) => !readRegistration(item).problem)).toEqual([true, false, false])
  })

  test('a list of 1000 is taken, 1001 or none is refused', () => {
    const listOf = (length: number) => ({ trackings: Array.from({ length }, () => ({})) })
    expect(bulkRegistration.safeParse(listOf(1000)).success).toBe(true)
    expect(messagesOf(bulkRegistration, listOf(1001))).toEqual(['Send at most 1000 parcels at once.'])
    expect(bulkRegistration.safeParse(listOf(0)).success).toBe(false)
  })

  test('a bad item’s outcome names the field and what to do', () => {
    const { problem: refused } = readRegistration({ trackingNumber: '7.02802E+15', colour: 'red' })
    const results = [
      { outcome: 'created', id: '1', trackingNumber: '632143239945' },
      { outcome: 'invalid', problem: refused },
    ]
    expect(bulkRegistrationAnswer.parse({ results }).results[1]).toMatchObject({
      problem: {
        code: 'validation',
        detail: expect.stringContaining('spreadsheet'),
        errors: [{ path: 'trackingNumber' }, { path: '' }],
      },
    })
  })

  test('the documentation shows what an item looks like', () => {
    const schema = z.toJSONSchema(bulkRegistration, { io: 'input' })
    expect(schema).toHaveProperty('properties.trackings.items.required', ['trackingNumber'])
    expect(schema).toHaveProperty('properties.trackings.items.properties.contact.properties.phone')
  })
})

describe('changing a parcel', () => {
  test('what is absent stays and null removes', () => {
    expect(trackingPatch.parse({ orderNumber: null })).toEqual({ orderNumber: null })
  })

  test('what is empty removes too, as programs clear a field', () => {
    const empty = { courier: '', orderNumber: ' ', contact: { email: '', phone: null }, estimatedDelivery: null }
    expect(trackingPatch.parse(empty)).toEqual({
      courier: null,
      orderNumber: null,
      contact: null,
      estimatedDelivery: null,
    })
  })

  test('what is named and cannot be read is refused: a change is about nothing else', () => {
    for (const patch of [
      { contact: { phone: '******89' } },
      { orderNumber: '5.76E+17' },
      { estimatedDelivery: 'soon' },
    ])
      expect(trackingPatch.safeParse(patch).success).toBe(false)
  })

  test('a change of nothing is refused, and so is one of what the courier says', () => {
    expect(messagesOf(trackingPatch, {})).toEqual(['Give at least one field to change.'])
    expect(trackingPatch.safeParse({ status: 'delivered' }).success).toBe(false)
  })
})

describe('listing parcels', () => {
  test('without a filter a page has 50', () => {
    expect(trackingListQuery.parse({})).toEqual({ format: 'json', limit: 50 })
  })

  test('filters are read from the address', () => {
    const query = {
      trackingNumber: ' 632143239945 ,er665997516my,',
      status: 'delivered,returned',
      attention: 'false',
      changedAfter: '2026-01-23T00:00:00Z',
      limit: '200',
    }
    expect(trackingListQuery.parse(query)).toEqual({
      trackingNumber: ['632143239945', 'ER665997516MY'],
      status: ['delivered', 'returned'],
      attention: false,
      changedAfter: '2026-01-23T00:00:00Z',
      format: 'json',
      limit: 200,
    })
  })

  test('several words may be written with commas, repeated in the address, or be a list in JSON', () => {
    for (const status of ['delivered,returned', ['delivered', 'returned'], ['delivered,', ' returned']])
      expect(trackingListQuery.parse({ status }).status).toEqual(['delivered', 'returned'])
  })

  test('what needs a person may be asked for as a whole, or by its reason', () => {
    expect(
      [true, 'true', 'false', 'lost'].map((attention) => trackingListQuery.parse({ attention }).attention),
    ).toEqual([...[true, true, false, 'lost']])
  })

  test.each([
    { limit: '201' },
    { limit: '0' },
    { limit: 'many' },
    { status: 'lost' },
    { attention: 'not so' },
    { ended: 'perhaps' },
    { assignee: 'siti' },
    { connection: 'first' },
    { sort: 'colour' },
    { status: ['delivered', 7] },
    { changedAfter: '2026-01-23 00:00:00' },
    { changedAfter: '2026-01-23T00:00:00+08:00' },
    { trackingNumber: ',' },
    { trackingNumber: Array.from({ length: 201 }, () => '632143239945').join(',') },
    { colour: 'blue' },
  ])('%j is refused', (query) => {
    expect(trackingListQuery.safeParse(query).success).toBe(false)
  })
})

test('every answer can be described to other programs', () => {
  for (const schema of [trackingDocument, trackingPage, bulkRegistrationAnswer, refreshAnswer, problem])
    expect(z.toJSONSchema(schema)).toHaveProperty('type', 'object')
})
