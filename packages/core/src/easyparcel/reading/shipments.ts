import { type Contact, parseTrackingNumber, readEmail, readPhones, toContact } from '@jejak/contract'
import { z } from 'zod'
import type {
  Destination,
  DetailsAnswer,
  ListedShipment,
  ShipmentDetails,
  ShipmentPage,
  UnreadValue,
} from '../client/easyparcel-client.ts'
import { EasyParcelError } from '../client/easyparcel-error.ts'
import type { HttpAnswer } from '../client/http.ts'
import { readCode } from './read-scans.ts'
import { phpList, text } from './wire.ts'

/** The most that one call lists. */
export const shipmentsPerPage = 250

const numberMax = 100
const courierMax = 60
const unreadMax = 200

const party = z
  .object({
    email: text(),
    contact: text(),
    alternative_contact: text(),
    subdivision_code: text(),
    postal_code: text(),
    country: text(),
  })
  .catch({ email: '', contact: '', alternative_contact: '', subdivision_code: '', postal_code: '', country: '' })

const listItem = z.object({
  shipment_number: text(numberMax).refine((number) => number !== ''),
  awb_number: text(numberMax),
  awb: text(numberMax),
  shipment_status_code: z.unknown().optional(),
  shipment_status: text(numberMax),
  coll_date: text(),
  courier: z
    .object({ courier_short_name: text(courierMax), courier_name: text(courierMax) })
    .catch({ courier_short_name: '', courier_name: '' }),
  receiver_details: party.optional(),
})

const envelope = z.object({
  data: phpList,
  pagination: z.looseObject({ has_more: z.unknown() }).catch({ has_more: undefined }).optional(),
})

/** `YYYY-MM-DD 00:00:00`: a local day, not an instant. */
const readDay = (written: string): string | null => {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(written)?.[0]
  return day !== undefined && !Number.isNaN(Date.parse(day)) && !day.startsWith('0000') ? day : null
}

const readDestination = (receiver: z.infer<typeof party> | undefined): Destination => {
  const { subdivision_code = '', postal_code = '', country = '' } = receiver ?? {}
  const state = subdivision_code.toUpperCase()
  return {
    country: /^[A-Z]{2}$/.test(country.toUpperCase()) ? country.toUpperCase() : null,
    state: /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(state) ? state : null,
    postcodeArea: country.toUpperCase() === 'MY' && /^\d{5}$/.test(postal_code) ? postal_code.slice(0, 2) : null,
  }
}

/** Lists write a phone behind the letters of its country, `MY124651303`, details with a plus; 0 is none. */
const phoneOf = (written: string): string => written.replace(/^MY(?=\d)/, '')

const readContact = ({ email, contact, alternative_contact }: z.infer<typeof party>): Contact | null => {
  const phones = [contact, alternative_contact].flatMap((written) => readPhones(phoneOf(written)))
  const read = toContact(readEmail(email), [...new Set(phones)])
  return Object.keys(read).length > 0 ? read : null
}

type ReadItem = { shipment: ListedShipment | null; unread: UnreadValue[] }

const readItem = (entry: unknown): ReadItem => {
  const parsed = listItem.safeParse(entry)
  if (!parsed.success) return { shipment: null, unread: [{ kind: 'status', value: 'a booking that cannot be read' }] }
  const { data } = parsed
  const { code, unread } = readCode(data.shipment_status_code)
  const written = data.awb_number || data.awb
  const number = written === '' ? null : parseTrackingNumber(written)
  return {
    shipment: {
      shipmentNumber: data.shipment_number,
      trackingNumber: number?.ok ? number.trackingNumber : null,
      courier: data.courier.courier_short_name || data.courier.courier_name || null,
      code,
      text: data.shipment_status,
      collectionDay: readDay(data.coll_date),
      destination: readDestination(data.receiver_details),
    },
    unread: [
      ...(unread === null ? [] : [{ kind: 'code', value: unread } as const]),
      ...(number?.ok === false ? [{ kind: 'status', value: `no tracking number: ${shapeOf(written)}` } as const] : []),
    ],
  }
}

const shapeOf = (written: string): string => written.slice(0, 60).replace(/\d/g, '9')

const unique = (values: readonly UnreadValue[]): UnreadValue[] =>
  [...new Map(values.map((value) => [`${value.kind} ${value.value}`, value])).values()].slice(0, unreadMax)

const malformed = (what: string, { httpStatus, requestId }: HttpAnswer) =>
  new EasyParcelError({ kind: 'malformed' }, `EasyParcel's answer is not ${what}.`, { httpStatus, requestId })

/** A list's answer. It ends where EasyParcel says so; where it says nothing, with a page that is not full. */
export const readShipmentPage = (answer: HttpAnswer): ShipmentPage => {
  const { json, httpStatus, requestId } = answer
  const body = envelope.safeParse(json)
  if (!body.success) throw malformed('a list of shipments', answer)
  const { data, pagination } = body.data
  const saysMore = pagination?.has_more
  const items = data.slice(0, shipmentsPerPage).map(readItem)
  const shipments = items.flatMap(({ shipment }) => shipment ?? [])
  if (data.length > 0 && shipments.length === 0) throw malformed('a list of shipments', answer)
  return {
    shipments,
    hasMore: saysMore === true || (saysMore !== false && data.length >= shipmentsPerPage),
    isNone: false,
    ...{ requestId, httpStatus },
    unread: unique(items.flatMap(({ unread }) => unread)),
  }
}

const nothingFound = z.object({
  status_code: z.literal(404),
  message: z.string(),
  data: z.array(z.unknown()).length(0),
})

/** EasyParcel documents 404 for a list that nothing fits; an outage says the same, so whoever asked must judge by what it knows. */
export const saysNone = ({ status, json }: HttpAnswer): boolean =>
  status === 404 && nothingFound.safeParse(json).success

export const noShipments = ({ httpStatus, requestId }: HttpAnswer): ShipmentPage => ({
  ...{ shipments: [], hasMore: false, isNone: true, requestId, httpStatus, unread: [] },
})

/** An outage says 404, too, but names no shipment. */
export const saysNoSuch = ({ status, json }: HttpAnswer, shipmentNumber: string): boolean =>
  status === 404 && (nothingFound.safeParse(json).data?.message.includes(shipmentNumber) ?? false)

export const noSuchShipment = ({ httpStatus, requestId }: HttpAnswer): DetailsAnswer => ({
  ...{ details: null, requestId, httpStatus },
})

const measure = z.coerce.number().positive().max(100_000).nullable().catch(null)
const detailsItem = z.object({
  shipment_number: text(numberMax),
  order_number: text(numberMax),
  shipment_details: z.looseObject({
    weight: measure.optional(),
    length: measure.optional(),
    width: measure.optional(),
    height: measure.optional(),
    reference: text(numberMax),
  }),
  receiver: party.optional(),
})

/** The answer about one booking: a list of one. */
export const readShipmentDetails = (answer: HttpAnswer, shipmentNumber: string): DetailsAnswer => {
  const { httpStatus, requestId } = answer
  const entries = envelope.safeParse(answer.json).data?.data ?? []
  const items = entries.flatMap((entry) => detailsItem.safeParse(entry).data ?? [])
  const item = items.find(({ shipment_number }) => shipment_number === shipmentNumber)
  if (!item) throw malformed('the details of the shipment', answer)
  const { weight, length, width, height, reference } = item.shipment_details
  const details: ShipmentDetails = {
    orderNumber: item.order_number || null,
    reference: reference || null,
    ...{ weight: weight ?? null, length: length ?? null, width: width ?? null, height: height ?? null },
    contact: item.receiver ? readContact(item.receiver) : null,
    destination: readDestination(item.receiver),
  }
  return { details, requestId, httpStatus }
}
