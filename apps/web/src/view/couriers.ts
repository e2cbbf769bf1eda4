import type { Say } from '../words/words.ts'
import type { HelpLink } from './shop-contacts.ts'

const easyParcel = 'https://app.easyparcel.com/tools/easytrack/details?courier='

/**
 * Where a courier shows a parcel; the number goes to the end. Names are those of EasyParcel's lists (easyparcel-api.md §10); which source
 * proves which address, and the one hotline: docs/tracking-page.md. EasyParcel's own page stands in where no address is proven.
 */
const couriers: readonly (readonly [name: RegExp, page: string, hotline?: string])[] = [
  [/^j&t express/i, 'https://www.jtexpress.my/tracking/'],
  [/^pos ?(laju|malaysia)/i, 'https://tracking.pos.com.my/tracking/', '1-300-300-300'],
  [/^ninja/i, 'https://www.ninjavan.co/en-my/tracking?id='],
  [/^dhl ?e(c\b|commerce)/i, 'https://www.dhl.com/my-en/home/tracking.html?tracking-id='],
  [/^city-?link/i, 'https://www.citylinkexpress.com/tracking-result/?track0='],
  [/^spx/i, 'https://spx.com.my/track?'],
  [/^gdex/i, 'https://gdexpress.com/tracking/?consignmentno='],
  [/^aramex/i, 'https://www.aramex.com/track/results?ShipmentNumber='],
  [/^flash\b/i, `${easyParcel}Flash&awb=`],
  [/^skynet/i, `${easyParcel}Skynet&awb=`],
]

/** The courier's page of this parcel, or EasyParcel's, and the courier's hotline; nothing of a courier we do not know. */
export const courierLinks = (courier: string | null, number: string, say: Say): HelpLink[] => {
  const known = couriers.find(([name]) => courier && name.test(courier))
  if (!known) return []
  const [, page, hotline] = known
  const place = page.startsWith(easyParcel) ? 'EasyParcel' : String(courier)
  const links = [{ label: say('courier_page', { place }), href: page + encodeURIComponent(number) }]
  if (hotline) links.push({ label: `${place} ${hotline}`, href: `tel:${hotline}` })
  return links
}
