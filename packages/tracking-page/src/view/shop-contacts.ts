import type { ShopFace } from '@jejak/contract'
import type { Say } from '../words/words.ts'

export type HelpLink = { label: string; href: string }

const digits = (phone: string): string => phone.replace(/\D/g, '')

/** Buttons to reach the shop about a parcel, in the order people prefer. The shop's own data, so a wrong value gives no button. */
export const contactLinks = (
  shop: ShopFace | null | undefined,
  { say, number }: { say: Say; number: string },
): HelpLink[] => {
  if (!shop) return []
  const text = encodeURIComponent(say('contact_text', { number }))
  const links: HelpLink[] = []
  if (shop.whatsapp && digits(shop.whatsapp))
    links.push({ label: 'WhatsApp', href: `https://wa.me/${digits(shop.whatsapp)}?text=${text}` })
  if (shop.phone && digits(shop.phone))
    links.push({ label: say('contact_phone'), href: `tel:${shop.phone.replace(/[^+\d]/g, '')}` })
  if (shop.email?.includes('@'))
    links.push({ label: say('contact_email'), href: `mailto:${encodeURI(shop.email)}?body=${text}` })
  return links
}

/** Black or white, whichever reads better on the shop's colour (WCAG's relative luminance, nearly). */
export const inkOn = (color: string): '#000' | '#fff' => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(
    (from) => (Number.parseInt(color.slice(from, from + 2), 16) / 255) ** 2.2,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff'
}
