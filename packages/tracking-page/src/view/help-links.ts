import type { ShopFace } from '@jejak/contract'
import type { Say } from '../words/words.ts'
import { courierLinks, type HelpLink } from './couriers.ts'
import type { ShownDocument } from './shown-document.ts'

const digits = (phone: string): string => phone.replace(/\D/g, '')

/** Buttons to reach the shop about a parcel, in the order people prefer. The shop's own data, so a wrong value gives no button. */
const contactLinks = ({ whatsapp, phone, email }: ShopFace, say: Say, number: string): HelpLink[] => {
  const text = encodeURIComponent(say('contact_text', { number }))
  const links: HelpLink[] = []
  if (whatsapp && digits(whatsapp))
    links.push({ label: 'WhatsApp', href: `https://wa.me/${digits(whatsapp)}?text=${text}` })
  if (phone && digits(phone)) links.push({ label: say('contact_phone'), href: `tel:${phone.replace(/[^+\d]/g, '')}` })
  if (email?.includes('@')) links.push({ label: say('contact_email'), href: `mailto:${encodeURI(email)}?body=${text}` })
  return links
}

/** Whom a customer can turn to: first the shop, then the courier. */
export const helpLinks = ({ shop, courier, trackingNumber }: ShownDocument, say: Say): HelpLink[] => [
  ...(shop ? contactLinks(shop, say, trackingNumber) : []),
  ...courierLinks({ courier, trackingNumber }, say),
]
