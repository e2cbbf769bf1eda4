import { naiveKualaLumpur, naiveUtc } from '../answers/dates.ts'
import { numericKeys } from '../answers/tracking-item.ts'
import type { LifeEvent } from '../life.ts'
import type { WebhookOddity, WebhookTopic } from '../options.ts'
import { numbersOf, type Parcel } from '../parcels.ts'

export type PayloadArgs = {
  topic: WebhookTopic
  parcel: Parcel
  /** Everything up to the event that is told, oldest first; never empty. */
  events: readonly LifeEvent[]
  uuid: string
  oddities: ReadonlySet<WebhookOddity>
}

const naive = (event: LifeEvent) => (event.isOwn ? naiveUtc(event.at) : naiveKualaLumpur(event.at))

const party = (who: 'sender' | 'receiver') => ({
  [`${who}_name`]: 'Sample Person',
  [`${who}_phone_number`]: '60123456789',
  [`${who}_email`]: 'person@shop.example',
  [`${who}_address1`]: '1 Jalan Contoh',
  [`${who}_postcode`]: '40000',
  [`${who}_city`]: 'Shah Alam',
  [`${who}_country_code`]: 'MY',
})

const trackingUpdate = ({ events }: PayloadArgs, shared: object, latest: LifeEvent, isArray: boolean) => {
  const log = events.toReversed().map((event) => ({
    timestamp: naive(event),
    shipment_status_code: event.code,
    tracking_status: event.text,
  }))
  return {
    ...shared,
    latest_shipment_status_code: latest.code,
    latest_tracking_status: latest.text,
    status_log: isArray ? log : numericKeys(log),
  }
}

const onDemand = (order: string, latest: LifeEvent) => ({
  order_number: order,
  tracking_url: 'https://track.example/od',
  status: 3,
  timeline: [],
  driver: {
    id: '1',
    name: 'Sample Driver',
    phone: '60123456789',
    coordinates: { latitude: 3.07, longitudelatitude: 101.5 },
  },
  event_date: naive(latest),
  waypoint: [{ pod: null, coordinate: { latitude: 3.07, longitude: 101.5 } }],
})

/** Fields of one webhook, topic aside; the field lists are those of fact sheet §6.3 and §9. */
const fieldsOf = (args: PayloadArgs): object => {
  const { topic, parcel, events, oddities } = args
  const latest = events.at(-1)!
  const uuid = oddities.has('constantUuid') ? 'webhook-test-uuid-123' : args.uuid
  const { shipment, order, parcel: parcelNumber } = numbersOf(parcel)
  const stamped = { shipment_number: shipment, uuid, timestamp: naive(latest), awb_number: parcel.awb }
  const links = {
    awb_url: `http://app.easyparcel.com/awb/${parcel.awb}`,
    tracking_url: `https://app.easyparcel.com/track/${parcel.awb}`,
  }
  const status_code = latest.code
  const sizes = { weight: 1, length: 20, width: 15, height: 10, service_id: 1, courier_id: 1 }
  const fields: Record<WebhookTopic, () => object> = {
    'shipment.status.update': () => ({
      awb_number: parcel.awb,
      event_date: naive(latest),
      shipment_number: shipment,
      shipment_status: latest.text,
      shipment_status_code: latest.code,
    }),
    'shipment.awb.update': () => ({ ...stamped, ...links }),
    'shipment.tracking.update': () => trackingUpdate(args, stamped, latest, oddities.has('arrayLog')),
    'shipment.created': () => ({
      shipment_number: shipment,
      uuid,
      timestamp: naive(latest),
      ...party('sender'),
      ...party('receiver'),
      ...sizes,
      status: latest.code,
    }),
    'ondemand.status.update': () => onDemand(order, latest),
    'tracking/create': () => ({
      payload: {
        awb: parcel.awb,
        sender_name: 'Sample Person',
        receiver_name: 'Sample Person',
        event_date: latest.at.toISOString(),
        description: latest.text,
        status_code,
        location: latest.location ?? '',
        country: 'MY',
      },
      event_id: args.uuid.replaceAll('-', ''),
    }),
    'shipment/create': () => ({
      payload: {
        awb: parcel.awb,
        parcel_number: parcelNumber,
        reference: '',
        parcel_content: '',
        currency_code: 'MYR',
        status_code,
        country: 'MY',
      },
      event_id: args.uuid.replaceAll('-', ''),
    }),
  }
  return fields[topic]()
}

/** The printed samples: a list with numeric keys and a key without a value. */
const asPrinted = (json: string): string =>
  json.replace(/"status_log":\{(.*)\}\}$/, '"status_log":[$1]}').replace('"timeline":[]', '"timeline": ')

/** The body of one webhook, as bytes on the wire would read. */
export const webhookBody = (args: PayloadArgs): string => {
  const hasTopic = args.topic !== 'shipment.created' && !args.oddities.has('missingTopic')
  const json = JSON.stringify({ ...(hasTopic ? { topic: args.topic } : {}), ...fieldsOf(args) })
  if (!args.oddities.has('malformed')) return json
  const printed = asPrinted(json)
  return printed === json ? `${json.slice(0, -1)},}` : printed
}
