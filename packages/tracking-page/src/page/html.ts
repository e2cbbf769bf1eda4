/** Text that is markup already; everything else put into `html` is escaped. */
export type Markup = { readonly markup: string }
type Part = Markup | string | number | null | undefined | false | readonly Part[]

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')

const toMarkup = (part: Part): string => {
  if (part === null || part === undefined || part === false) return ''
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part))
  return 'markup' in part ? part.markup : part.map(toMarkup).join('')
}

/** Builds markup; every value is escaped unless it is markup itself. Attribute values stand in double quotes. */
export const html = (strings: TemplateStringsArray, ...parts: Part[]): Markup => ({
  markup: strings.map((text, index) => text + (index < parts.length ? toMarkup(parts[index]) : '')).join(''),
})

/** Our own text that is markup already; never anything from outside. */
export const trusted = (markup: string): Markup => ({ markup })
