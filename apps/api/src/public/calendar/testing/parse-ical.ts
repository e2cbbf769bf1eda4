type Property = { name: string; parameters: Record<string, string>; value: string }
export type Component = { name: string; properties: Property[]; components: Component[] }

const line = /^([A-Z][A-Z0-9-]*)((?:;[A-Z-]+=[^";:,\p{Cc}]*)*):([\P{Cc}\t]*)$/u
const date = /^\d{8}$/
const instant = /^\d{8}T\d{6}Z$/
const escaped = /^(?:[^\\;,]|\\[\\;,nN])*$/

/** What RFC 5545 and 7986 allow as the value of each property that we send. */
const values: Record<string, RegExp> = {
  VERSION: /^2\.0$/,
  PRODID: escaped,
  CALSCALE: /^GREGORIAN$/,
  METHOD: /^PUBLISH$/,
  NAME: escaped,
  'X-WR-CALNAME': escaped,
  'REFRESH-INTERVAL': /^PT\d+[HMS]$/,
  'X-PUBLISHED-TTL': /^PT\d+[HMS]$/,
  TZID: /^[\w/]+$/,
  TZOFFSETFROM: /^[+-]\d{4}$/,
  TZOFFSETTO: /^[+-]\d{4}$/,
  UID: escaped,
  DTSTAMP: instant,
  'LAST-MODIFIED': instant,
  SEQUENCE: /^\d{1,10}$/,
  DTSTART: /^\d{8}(T\d{6})?$/,
  DTEND: date,
  SUMMARY: escaped,
  DESCRIPTION: escaped,
  URL: /^https?:\/\/\S+$/,
  STATUS: /^(TENTATIVE|CONFIRMED|CANCELLED)$/,
  TRANSP: /^(OPAQUE|TRANSPARENT)$/,
  CLASS: /^(PUBLIC|PRIVATE)$/,
}

const required: Record<string, readonly string[]> = {
  VCALENDAR: ['VERSION', 'PRODID'],
  VEVENT: ['UID', 'DTSTAMP', 'DTSTART'],
  VTIMEZONE: ['TZID'],
  STANDARD: ['DTSTART', 'TZOFFSETFROM', 'TZOFFSETTO'],
}

const unfold = (text: string): string[] => {
  if (!text.endsWith('\r\n')) throw new Error('the last line has no end')
  const raw = text.slice(0, -2).split('\r\n')
  const tooLong = raw.find((one) => Buffer.byteLength(one) > 75)
  if (tooLong !== undefined) throw new Error(`longer than 75 octets: ${tooLong}`)
  return raw.join('\r\n').replaceAll('\r\n ', '').split('\r\n')
}

const check = ({ name, properties, components }: Component): void => {
  const names = properties.map((property) => property.name)
  for (const one of required[name] ?? []) if (!names.includes(one)) throw new Error(`${name} lacks ${one}`)
  if (new Set(names).size !== names.length) throw new Error(`${name} has a property twice`)
  if (name === 'VCALENDAR' && components.length === 0) throw new Error('a calendar of nothing')
}

const toProperty = (text: string): Property => {
  const [, name = '', parameters = '', value = ''] = line.exec(text) ?? []
  if (!(values[name] ?? /^(?!)/).test(value)) throw new Error(`not a content line: ${text}`)
  const pairs = parameters
    .split(';')
    .filter(Boolean)
    .map((pair) => pair.split('=') as [string, string])
  return { name, parameters: Object.fromEntries(pairs), value }
}

/** Reads one iCalendar object, and refuses whatever the standard does not allow. */
export const parseIcal = (text: string): Component => {
  const root: Component = { name: '', properties: [], components: [] }
  const open = [root]
  for (const one of unfold(text)) {
    const current = open.at(-1)!
    if (one.startsWith('BEGIN:')) {
      const component: Component = { name: one.slice(6), properties: [], components: [] }
      current.components.push(component)
      open.push(component)
    } else if (one.startsWith('END:')) {
      if (current.name !== one.slice(4)) throw new Error(`${one} ends ${current.name}`)
      check(current)
      open.pop()
    } else current.properties.push(toProperty(one))
  }
  const [calendar] = root.components
  if (open.length !== 1 || root.components.length !== 1 || root.properties.length > 0 || calendar?.name !== 'VCALENDAR')
    throw new Error('not one calendar')
  return calendar
}

/** The event of a calendar as name → value, texts unescaped. */
export const eventOf = (text: string): Record<string, string> | undefined => {
  const event = parseIcal(text).components.find(({ name }) => name === 'VEVENT')
  const plain = (value: string) => value.replace(/\\([\\;,nN])/g, (_all, one: string) => (/n/i.test(one) ? '\n' : one))
  return event && Object.fromEntries(event.properties.map(({ name, value }) => [name, plain(value)]))
}
