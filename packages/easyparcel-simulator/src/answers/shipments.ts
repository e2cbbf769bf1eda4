import { z } from 'zod'
import { courierOf } from '../data/couriers.ts'
import type { Account } from '../options.ts'
import { numbersOf, type Parcel } from '../parcels.ts'
import type { World } from '../world.ts'
import { naiveKualaLumpur } from './dates.ts'
import { type Answer, plainError, validationError } from './error-shapes.ts'

const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const listRequest = z
  .object({
    limit: z.int().min(1).max(250).default(10),
    before_shipment_number: z.string().optional(),
    shipment_status_code: z.string().optional(),
    date_from: isoDate.optional(),
    date_to: isoDate.optional(),
  })
  .prefault({})

const vendorNames: Record<number, string> = {
  0: 'Cancel',
  2: 'To Be Collected',
  3: 'Collected',
  4: 'Delivery In Transit',
  5: 'Delivered',
  6: 'Returned',
  7: 'Schedule In Arrangement',
  8: 'On Hold',
  11: 'Drop Off',
}

const sampleParty = {
  name: 'Sample Person',
  phone_number: '60123456789',
  address1: '1 Jalan Contoh',
  postcode: '40000',
  city: 'Shah Alam',
  country_code: 'MY',
}

const summary = (world: World, parcel: Parcel) => {
  const carrier = courierOf(parcel.awb, parcel.courier)
  const code = world.parcels.eventsOf(parcel).at(-1)?.code ?? 7
  return {
    carrier,
    shipment: {
      shipment_status_code: code,
      shipment_status: vendorNames[code] ?? 'Other Status',
      awb_number: parcel.awb,
      awb_url: `https://app.easyparcel.com/awb/${parcel.awb}.pdf`,
      tracking_url: `https://app.easyparcel.com/tools/easytrack/details?courier=${carrier.shortName}&awb=${parcel.awb}`,
      coll_date: `${naiveKualaLumpur(new Date(parcel.bookedAt)).slice(0, 10)} 00:00:00`,
    },
  }
}

const listItem = (world: World, parcel: Parcel) => {
  const { carrier, shipment } = summary(world, parcel)
  return {
    shipment_number: numbersOf(parcel).shipment,
    ...shipment,
    courier: {
      service_type: 'parcel',
      courier_id: carrier.id,
      service_id: 'EP-CS001',
      courier_name: carrier.name,
      courier_short_name: carrier.shortName,
      courier_logo: '',
    },
    sender_details: sampleParty,
    receiver_details: sampleParty,
    pricing: { currency_code: 'MYR', price: '6.50' },
  }
}

/** `POST shipment/list`: newest first, filtered by collection date and code, paged by `before_shipment_number` (fact sheet §7). */
export const shipmentList = (world: World, account: Account, body: unknown): Answer => {
  const parsed = listRequest.safeParse(body ?? undefined)
  if (!parsed.success)
    return validationError(...parsed.error.issues.map((issue) => `The ${issue.path.join('.')} field is invalid`))
  const {
    limit,
    before_shipment_number: before,
    shipment_status_code: code,
    date_from: from,
    date_to: to,
  } = parsed.data
  const newestFirst = world.parcels
    .list(account.id)
    .toSorted((a, b) => b.bookedAt - a.bookedAt || (a.awb < b.awb ? 1 : -1))
    .map((parcel) => listItem(world, parcel))
  const start = before ? newestFirst.findIndex((item) => item.shipment_number === before) + 1 : 0
  const matching = newestFirst.slice(start).filter((item) => {
    const day = item.coll_date.slice(0, 10)
    return (!code || String(item.shipment_status_code) === code) && (!from || day >= from) && (!to || day <= to)
  })
  const page = matching.slice(0, limit)
  const hasMore = matching.length > limit
  const pagination = {
    next_page_token: null,
    next_shipment_number: hasMore ? page.at(-1)!.shipment_number : null,
    has_more: hasMore,
    limit,
    filter_applied: { shipment_status_code: code ?? null, date_from: from ?? null, date_to: to ?? null },
  }
  return { status: 200, body: { status_code: 200, message: 'Success', data: page, pagination } }
}

/** `POST shipment/details`: `data` is a list of one. */
export const shipmentDetails = (world: World, account: Account, body: unknown): Answer => {
  const parsed = z.object({ shipment_number: z.string().min(1) }).safeParse(body)
  if (!parsed.success) return validationError('The shipment_number field is required')
  const wanted = parsed.data.shipment_number
  const parcel = world.parcels.list(account.id).find((one) => numbersOf(one).shipment === wanted)
  if (!parcel) return plainError(404, `No Order with shipment_number ${wanted} found from this account`)
  const { carrier, shipment } = summary(world, parcel)
  const item = {
    shipment_number: wanted,
    order_number: numbersOf(parcel).order,
    shipment_details: {
      weight: 1,
      height: 10,
      length: 20,
      width: 15,
      ...shipment,
      parcels_value: '50.00',
      insurance_label: '',
      reference: '',
    },
    parcel_content: [],
    courier: {
      courier_name: carrier.name,
      service_id: 'EP-CS001',
      courier_id: carrier.id,
      courier_logo: '',
      service_types: 'parcel',
    },
    sender: sampleParty,
    receiver: sampleParty,
    pricing: { currency_code: 'MYR', price: '6.50' },
  }
  return { status: 200, body: { status_code: 200, message: 'Success', data: [item] } }
}
