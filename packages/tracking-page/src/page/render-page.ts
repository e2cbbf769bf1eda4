import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Language, ShopFace } from '@jejak/contract'
import { html, type Markup, textOf, trusted } from '../html.ts'
import { parcel } from '../templates/parcel.ts'
import { notice, numberForm, type PageNotice } from '../templates/search.ts'
import type { Given } from '../view/given.ts'
import { inkOn } from '../view/looks.ts'
import { readGiven } from '../view/read-search.ts'
import type { ShownDocument } from '../view/shown-document.ts'
import { createTimes, zoneNameOf } from '../words/times.ts'
import { createSay, type Say } from '../words/words.ts'

/** What the page is about: a parcel, a search, or why there is none (`typed` is what stands in the address). */
export type PageSubject =
  | { kind: 'parcel'; document: ShownDocument }
  | { kind: 'none'; typed: string; notice: PageNotice; httpStatus: number }
  | { kind: 'search' }

export type PageSetting = {
  language: Language
  /** Those the reader may choose from; of one there is nothing to choose. */
  languages: readonly Language[]
  now: Date
  timeZone: string
  shop: ShopFace | null
  /** The page's own absolute address without its query. */
  url: string
  /** Kept in links and handed to the widget: which shop asks, and the key of a signed link. */
  shopSlug: string | null
  linkKey: string | null
  widgetUrl: string | null
}
export type RenderedPage = { html: string; contentSecurityPolicy: string }

const numberOf = (subject: PageSubject): string => {
  if (subject.kind === 'parcel') return subject.document.trackingNumber
  const searched = subject.kind === 'none' ? readGiven(subject.typed) : null
  return searched?.kind === 'number' ? searched.number : ''
}

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')
const smaller = (css: string): string => css.replace(/\/\*.*?\*\//gs, '').replace(/\n\s*/g, ' ')

/** The style of the page and of what stands in the widget's place until it runs. */
const pageLook = smaller(read('../look.css') + read('./page.css'))

const styleOf = (shop: ShopFace | null): string =>
  shop?.color
    ? `${pageLook}.jejak,.page{--jejak-accent:${shop.color};--jejak-on-accent:${inkOn(shop.color)}}`
    : pageLook

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const policyFor = ({ style, script, logoUrl }: { style: string; script: string; logoUrl: string | null }): string => {
  const logo = logoUrl ? ` ${new URL(logoUrl).origin}` : ''
  return [
    "default-src 'none'",
    `script-src ${script}`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    `img-src data:${logo}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%231f5fbf' stroke-width='2'%3E%3Cpath d='M3 8l9-5 9 5v8l-9 5-9-5zM3 8l9 5 9-5M12 13v8'/%3E%3C/svg%3E"

const headOf = (subject: PageSubject, say: Say, { shop, url }: PageSetting): Markup => {
  const number = numberOf(subject)
  const title = number ? say('page_title', { number }) : say('page_search_heading')
  const status = subject.kind === 'parcel' ? say(`status_${subject.document.status}`) : null
  return html`<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${[status, title, shop?.name].filter(Boolean).join(' · ')}</title>
<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">
<meta property="og:type" content="website"><meta property="og:title" content="${title}"><meta property="og:url" content="${url}">
<meta property="og:description" content="${status ? say('page_description', { status }) : say('search_hint')}">
<meta property="og:locale" content="${say('locale').replace('-', '_')}">${shop?.name && html`<meta property="og:site_name" content="${shop.name}">`}${shop?.logoUrl && html`<meta property="og:image" content="${shop.logoUrl}">`}
<link rel="icon" href="${icon}">`
}

const languageLinks = ({ language, languages, shopSlug, linkKey }: PageSetting, say: Say): Markup | null => {
  if (languages.length < 2) return null
  const links = languages.map((tag) => {
    const query = new URLSearchParams({
      ...(shopSlug && { shop: shopSlug }),
      ...(linkKey && { k: linkKey }),
      lang: tag,
    })
    const current = tag === language ? trusted(' aria-current="true"') : null
    return html`<a href="?${query.toString()}" lang="${tag}"${current}>${createSay(tag)('page_language_name')}</a>`
  })
  return html`<nav class="languages" aria-label="${say('page_language')}">${links}</nav>`
}

const widgetOf = (subject: PageSubject, inner: Markup, setting: PageSetting): Markup => {
  const { language, now, shop, shopSlug, linkKey } = setting
  const number = numberOf(subject)
  const given = subject.kind === 'none' ? subject.typed : number
  const document = subject.kind === 'parcel' ? JSON.stringify({ ...subject.document, ...(shop && { shop }) }) : null
  const attributes = [
    given && html` tracking-number="${given}"`,
    document && html` document="${document}"`,
    shopSlug && html` shop="${shopSlug}"`,
    linkKey && html` link-key="${linkKey}"`,
  ]
  const target = `/t/{number}?${new URLSearchParams({ ...(shopSlug && { shop: shopSlug }), lang: language }).toString()}`
  return html`<jejak-tracking class="jejak" lang="${language}" api="" now="${now.toISOString()}" search-target="${target}"${attributes}>${inner}</jejak-tracking>`
}

/** Inside the element, so that it goes when the widget takes over and stays when its script fails to load: nothing here grows older by itself. */
const asOf = ({ say, times, now, language }: Given, { timeZone }: PageSetting): Markup =>
  html`<p class="foot">${say('page_as_of', { when: times.moment(now.toISOString()), zone: zoneNameOf(language, timeZone) })}</p>`

const searchOf = (given: Given, typed: string): Markup => {
  const { say, language, shop } = given
  const kept = html`<input type="hidden" name="lang" value="${language}">${shop && html`<input type="hidden" name="shop" value="${shop}">`}`
  return html`
    <section class="search">
      ${numberForm(given, { typed, kept })}
      <noscript><p class="hint muted">${say('page_order_needs_script')}</p></noscript>
    </section>`
}

/** What stands in the widget's place until it runs. */
const innerOf = (subject: PageSubject, given: Given, setting: PageSetting): Markup => {
  const { shop } = setting
  switch (subject.kind) {
    case 'parcel':
      return html`<div class="card">${parcel({ ...subject.document, ...(shop && { shop }) }, given)}</div>${asOf(given, setting)}`
    case 'none':
      return html`<div class="card">${notice(subject.notice, given)}${searchOf(given, subject.typed)}</div>`
    case 'search':
      return html`<div class="card">${searchOf(given, '')}</div>`
  }
}

const topOf = (shop: ShopFace | null, say: Say, isSearch: boolean): Markup => {
  const name = shop?.name ?? (isSearch ? '' : say('page_search_heading'))
  return html`<div class="brand">${shop?.logoUrl ? html`<img src="${shop.logoUrl}" alt="${name}">` : name}</div>`
}

/** The whole page: readable as it is, taken over by the widget where scripts run. Its policy allows no inline script and this one style. */
export const renderPage = (subject: PageSubject, setting: PageSetting): RenderedPage => {
  const { language, now, timeZone, shop, shopSlug, widgetUrl } = setting
  const say = createSay(language)
  const times = createTimes({ language, timeZone, now })
  const given: Given = { html, say, times, now, language, api: '', shop: shopSlug }
  const number = numberOf(subject)
  const style = styleOf(shop)
  const heading = number ? say('page_title', { number }) : say('page_search_heading')
  const page = html`<!doctype html>
<html lang="${language}"><head>${headOf(subject, say, setting)}
<style>${trusted(style)}</style>${widgetUrl && html`<script src="${widgetUrl}" defer></script>`}</head>
<body><div class="page jejak"><header class="shop">${topOf(shop, say, !number)}${languageLinks(setting, say)}</header>
<main><h1${trusted(number ? ' class="hidden"' : '')}>${heading}</h1>
${widgetOf(subject, innerOf(subject, given, setting), setting)}</main></div></body></html>
`
  return {
    html: textOf(page),
    contentSecurityPolicy: policyFor({ style, script: "'self'", logoUrl: shop?.logoUrl ?? null }),
  }
}

/** A page that is about no parcel, in the same look. Of scripts, its policy allows the one that is given. */
export const renderPlainPage = ({
  title,
  main,
  script,
}: {
  title: string
  main: Markup
  script: string
}): RenderedPage => {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">
<link rel="icon" href="${icon}"><style>${trusted(pageLook)}</style></head>
<body><div class="page jejak"><main><h1>${title}</h1><div class="card">${main}</div></main></div><script>${trusted(script)}</script></body></html>
`
  return {
    html: textOf(page),
    contentSecurityPolicy: policyFor({ style: pageLook, script: hashOf(script), logoUrl: null }),
  }
}
