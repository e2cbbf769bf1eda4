import { z } from 'zod'
import { courierOf } from '../data/couriers.ts'
import { receiverOf } from '../data/receivers.ts'
import type { Account } from '../options.ts'
import { numbersOf, type Parcel } from '../parcels.ts'
import { between, chance, fiveCharacters } from '../random.ts'
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

const sender = {
  name: 'Sample Shop',
  email: 'shop@example.com',
  subdivision_code: 'MY-10',
  postal_code: '40000',
  country: 'MY',
}

/** The list writes a phone with its country before it, details write it with a plus. */
const receiver = (world: World, { awb }: Parcel, phoneOf: (phone: string) => string) => {
  const { name, email, phone, state, postcode } = receiverOf(world.settings.seed, awb)
  return { name, email, contact: phoneOf(phone), subdivision_code: state, postal_code: postcode, country: 'MY' }
}

/** What a shop wrote on its booking; not all do. */
const referenceOf = ({ settings: { seed } }: World, { awb }: Parcel): string | null =>
  chance(seed, awb, 'has reference') < 0.8 ? `SO-${fiveCharacters(seed, awb, 'reference')}` : null

const collectionDay = ({ bookedAt }: Parcel): string => naiveKualaLumpur(new Date(bookedAt)).slice(0, 10)

const summary = (world: World, parcel: Parcel) => {
  const carrier = courierOf(parcel.awb, parcel.courier)
  const code = world.parcels.eventsOf(parcel).at(-1)?.code ?? 7
  const awb = world.parcels.isNumbered(parcel) ? parcel.awb : null
  return {
    carrier,
    shipment: {
      shipment_status_code: code,
      shipment_status: vendorNames[code] ?? 'Other Status',
      awb_number: awb,
      awb_url: awb && `https://app.easyparcel.com/awb/${awb}.pdf`,
      tracking_url: awb && `https://app.easyparcel.com/tools/easytrack/details?courier=${carrier.shortName}&awb=${awb}`,
      coll_date: `${collectionDay(parcel)} 00:00:00`,
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
    sender_details: { ...sender, contact: 'MY123456789', alternative_contact: 0 },
    receiver_details: { ...receiver(world, parcel, (phone) => `MY${phone}`), alternative_contact: 0 },
    pricing: { currency_code: 'MYR', price: 6.5 },
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
  const all = world.parcels.newestFirst(account.id)
  const known = before === undefined ? undefined : world.parcels.findShipment(account.id, before)
  const matching: object[] = []
  for (let place = known ? all.indexOf(known) + 1 : 0; place < all.length && matching.length <= limit; place += 1) {
    const parcel = all[place]!
    const day = collectionDay(parcel)
    if ((from && day < from) || (to && day > to)) continue
    const item = listItem(world, parcel)
    if (!code || String(item.shipment_status_code) === code) matching.push(item)
  }
  const page = matching.slice(0, limit) as ReturnType<typeof listItem>[]
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

const sizeOf = ({ settings: { seed } }: World, { awb }: Parcel) => ({
  weight: Math.ceil(between(0, 12, seed, awb, 'weight') * 2) / 2,
  height: Math.ceil(between(1, 30, seed, awb, 'height')),
  length: Math.ceil(between(10, 60, seed, awb, 'length')),
  width: Math.ceil(between(5, 40, seed, awb, 'width')),
})

/** `POST shipment/details`: `data` is a list of one. */
export const shipmentDetails = (world: World, account: Account, body: unknown): Answer => {
  const parsed = z.object({ shipment_number: z.string().min(1) }).safeParse(body)
  if (!parsed.success) return validationError('The shipment_number field is required')
  const wanted = parsed.data.shipment_number
  const parcel = world.parcels.findShipment(account.id, wanted)
  if (!parcel) return plainError(404, `No Order with shipment_number ${wanted} found from this account`)
  const { carrier, shipment } = summary(world, parcel)
  const item = {
    shipment_number: wanted,
    order_number: numbersOf(parcel).order,
    shipment_details: {
      ...sizeOf(world, parcel),
      ...shipment,
      parcels_value: '50.00',
      insurance_label: '',
      reference: referenceOf(world, parcel),
    },
    parcel_content: [],
    courier: {
      courier_name: carrier.name,
      service_id: 'EP-CS001',
      courier_id: carrier.id,
      courier_logo: '',
      service_types: 'parcel',
    },
    sender: { ...sender, contact: '+60123456789', alternative_contact: null },
    receiver: { ...receiver(world, parcel, (phone) => `+60${phone}`), alternative_contact: null },
    pricing: { currency_code: 'MYR', total_price: '6.50' },
  }
  return { status: 200, body: { status_code: 200, message: 'Success', data: [item] } }
}
