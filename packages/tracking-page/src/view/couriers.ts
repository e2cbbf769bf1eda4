import type { Say } from '../words/words.ts'

export type HelpLink = { label: string; href: string }

const easyParcel = 'https://app.easyparcel.com/tools/easytrack/details?courier='
const posMalaysia = 'https://tracking.pos.com.my/tracking/'

/**
 * What a courier is called, how its name begins however it is written (small letters and digits only), and where it shows a parcel; the
 * number goes to the end. Spellings are those of EasyParcel's lists, of shops and of their programs; docs/tracking-page.md names the source
 * of each address and hotline. EasyParcel's own page stands in where no address is proven.
 */
const couriers: readonly (readonly [name: string, spelled: RegExp, page: string, hotline?: string])[] = [
  ['J&T Express', /^j(?:n|and)?t(?:e|m|$)/, 'https://www.jtexpress.my/tracking/'],
  ['Pos Laju', /^pos(?:laju|$)/, posMalaysia, '1-300-300-300'],
  ['Pos Malaysia', /^posm|^ems/, posMalaysia, '1-300-300-300'],
  ['Ninja Van', /^ninja/, 'https://www.ninjavan.co/en-my/tracking?id='],
  ['DHL eCommerce', /^dhlec(?:om|m|$)/, 'https://www.dhl.com/my-en/home/tracking.html?tracking-id='],
  ['City-Link Express', /^citylink/, 'https://www.citylinkexpress.com/tracking-result/?track0='],
  ['SPX Express', /^spx|^shopeee?x/, 'https://spx.com.my/track?'],
  ['GDEX', /^gdex/, 'https://gdexpress.com/tracking/?consignmentno='],
  ['Aramex', /^aramex/, 'https://www.aramex.com/track/results?ShipmentNumber='],
  ['Flash Express', /^flash(?:e|m|$)/, `${easyParcel}Flash&awb=`],
  ['Skynet', /^skynet/, `${easyParcel}Skynet&awb=`],
]

const plain = (courier: string): string => courier.replace(/&(?:amp|#0?38);/gi, '&')

const findCourier = (courier: string) => {
  const spelled = plain(courier)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
  return couriers.find(([, begins]) => begins.test(spelled))
}

/** The name that customers know a courier by; that of one we do not know is as its shop wrote it. */
export const courierName = (courier: string | null): string | null =>
  courier && (findCourier(courier)?.[0] ?? plain(courier))

/** The courier's page of this parcel, or EasyParcel's, and the courier's hotline; nothing of a courier we do not know. */
export const courierLinks = (
  { courier, trackingNumber: number }: { courier: string | null; trackingNumber: string },
  say: Say,
): HelpLink[] => {
  const known = courier && findCourier(courier)
  if (!known) return []
  const [name, , page, hotline] = known
  const place = page.startsWith(easyParcel) ? 'EasyParcel' : name
  const links = [{ label: say('courier_page', { place }), href: page + encodeURIComponent(number) }]
  if (hotline) links.push({ label: `${name} ${hotline}`, href: `tel:${hotline}` })
  return links
}
