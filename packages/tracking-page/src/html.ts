const text = Symbol('text')

/** Markup as text, as the server's tag makes it. Only what has the symbol is markup, so nothing that was read from outside can be. */
export type Markup = { readonly [text]: string }
/** What a template makes: text on the server, in the browser what lit puts into the page. */
export type Template = Markup | { readonly strings: TemplateStringsArray }
export type Value = Template | string | number | null | undefined | readonly Value[]

/**
 * The tag of a template. Templates that are written for both sides get it handed in: the server's below, or lit's. They hold values in
 * text and in attributes with double quotes; `.value="…"` is the property in the browser and the attribute in text.
 */
export type Html = (strings: TemplateStringsArray, ...values: Value[]) => Template

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const write = (value: Value): string => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number')
    return String(value).replace(/[&<>"']/g, (character) => escapes[character] ?? '')
  if (Array.isArray(value)) return value.map(write).join('')
  if (text in value) return value[text]
  throw new TypeError('A template shows only texts, numbers and other templates.')
}

/** Takes the lines out of templates, which only their readers need: a break before a tag, a value or the end shows nothing. */
export const inOneLine = (template: string): string => template.replace(/\n\s*(?=<|\$\{|$)/g, '')

const notForText = /(?:=|\s[@?][\w-]+=")$/
const ready = new WeakMap<TemplateStringsArray, readonly string[]>()

/** The pieces of a template as text has them; worked out once for each. */
const piecesOf = (strings: TemplateStringsArray): readonly string[] => {
  const known = ready.get(strings)
  if (known) return known
  const unsafe = strings.find((piece, index) => index < strings.length - 1 && notForText.test(piece))
  if (unsafe) throw new TypeError(`A value cannot stand here as text: ${unsafe}`)
  const pieces = strings.map((piece) => inOneLine(piece).replace(/ \.value="$/, ' value="'))
  ready.set(strings, pieces)
  return pieces
}

/** The server's tag: every value is escaped unless it is markup itself. */
export const html = (strings: TemplateStringsArray, ...values: Value[]): Markup => ({
  [text]: piecesOf(strings).reduce((written, piece, index) => written + write(values[index - 1]) + piece),
})

export const textOf = (markup: Markup): string => markup[text]

/** Our own text that is markup already; never anything from outside. */
export const trusted = (markup: string): Markup => ({ [text]: markup })
