import { expect, test } from 'vitest'
import { readShipmentPage, shipmentsPerPage } from './shipments.ts'

const page = (bookings: number, pagination?: object) =>
  readShipmentPage({
    ...{ httpStatus: 200, status: 200, requestId: null, retryAfter: null },
    json: {
      data: Array.from({ length: bookings }, (_, place) => ({ shipment_number: `ES-2601-${place}` })),
      ...(pagination && { pagination }),
    },
  }).hasMore

test('a list goes on where EasyParcel says that there is more, however short its pages are', () => {
  expect([page(100, { has_more: true }), page(shipmentsPerPage, { has_more: true })]).toEqual([true, true])
  expect([page(100, { has_more: false }), page(shipmentsPerPage, { has_more: false })]).toEqual([false, false])
})

test('where EasyParcel does not say so, a list goes on behind each full page', () => {
  for (const pagination of [undefined, {}, { has_more: 'perhaps' }])
    expect([page(100, pagination), page(shipmentsPerPage, pagination)]).toEqual([false, true])
})
