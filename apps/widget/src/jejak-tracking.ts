import type { ReportKind } from '@jejak/contract'
import type { Following, Found } from '@jejak/tracking-page/follow/follow-parcel.ts'
import look from '@jejak/tracking-page/look.css?inline'
import { inkOn } from '@jejak/tracking-page/view/looks.ts'
import { readSearch } from '@jejak/tracking-page/view/read-search.ts'
import { keepPrivate, type ShownDocument } from '@jejak/tracking-page/view/shown-document.ts'
import type { TemplateResult } from 'lit/html.js'
import { findDocument, findOrder, liveUrl, noteClock, parseDocument, sendReport, serverNow, type Where } from './api.ts'
import { follow } from './follow.ts'
import { givenFor } from './given.ts'
import { ReactiveElement } from './reactive-element.ts'
import type { Shown, State, View } from './state.ts'
import { card } from './templates/card.ts'

const script =
  (document.currentScript as HTMLScriptElement | null)?.src ??
  document.querySelector<HTMLScriptElement>('script[src*="/widget.js"]')?.src
const scriptOrigin = new URL(script ?? location.href).origin
const clockTickMs = 30_000
const sheet = new CSSStyleSheet()
sheet.replaceSync(look)

/** `<jejak-tracking>`: one parcel, or a search for one. Attributes and theming: docs/tracking-page.md. */
export class JejakTracking extends ReactiveElement<State> implements Shown {
  static readonly observedAttributes = ['tracking-number', 'api', 'shop', 'link-key', 'lang']
  following: Following | null = null
  #clock: ReturnType<typeof setInterval> | undefined
  #answeredAt = ''
  #where = this.#whereOf('')
  #hadLink = false

  constructor() {
    super({ view: { kind: 'search' }, list: null, knownSince: null, report: null }, sheet)
  }

  /** The link is that of the attribute's own number. */
  #whereOf(number: string): Where {
    return {
      api: (this.getAttribute('api') ?? scriptOrigin).replace(/\/+$/, ''),
      shop: this.getAttribute('shop'),
      linkKey: number === this.getAttribute('tracking-number') ? this.getAttribute('link-key') : null,
    }
  }

  /** Whether the parcel's link opens nothing, or nothing any more. */
  get isLinkRefused(): boolean {
    return this.#hadLink && this.#where.linkKey === null
  }

  connectedCallback(): void {
    // What a page without scripts reads; from here on the shadow root shows it.
    this.replaceChildren()
    this.#takeClock()
    this.#clock = setInterval(() => document.hidden || this.plan(), clockTickMs)
    this.#start()
  }

  disconnectedCallback(): void {
    clearInterval(this.#clock)
    this.#clock = undefined
    this.following?.stop()
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    // Browsers tell of what stands in the page before they connect the element.
    if (!this.#clock || before === after) return
    if (name === 'lang') this.plan()
    else this.#start()
  }

  /** Shows the number in the attribute: at once if the page brought its document along. */
  #start(): void {
    const number = this.getAttribute('tracking-number')
    const given = parseDocument(this.getAttribute('document') ?? '')
    if (number) this.#follow(number, given?.trackingNumber === number ? given : null)
    else this.show({ kind: 'search' })
  }

  /** The time that the server wrote into the page, unless the page comes from the browser's cache. */
  #takeClock(): void {
    const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    // What was asked about and had not changed cost less than it holds.
    if (!page || page.transferSize > page.encodedBodySize) noteClock(Date.parse(this.getAttribute('now') ?? ''))
    this.removeAttribute('now')
  }

  #follow(number: string, known: ShownDocument | null): void {
    this.following?.stop()
    const where = this.#whereOf(number)
    this.#where = where
    this.#hadLink = where.linkKey !== null
    this.#takeShop(known)
    this.#answeredAt = serverNow().toISOString()
    this.set({
      view: known ? { kind: 'document', document: known } : { kind: 'loading' },
      report: null,
      knownSince: null,
    })
    this.following = follow({
      // The page's own document is what everyone may see.
      document: where.linkKey ? null : known,
      read: () => findDocument(where, number),
      liveUrl: () => liveUrl(where, number),
      readsMore: () => Boolean(where.linkKey),
      onFound: (found) => this.#take(found, number),
    })
  }

  /** A buyer's parcel is that of its shop, whoever else has the number. */
  #takeShop(document: ShownDocument | null): void {
    this.#where.shop = document?.shop?.slug ?? this.#where.shop
  }

  #take(found: Found, typed: string): void {
    const { view } = this.state
    const shown = view.kind === 'document' ? view.document : null
    if (found.kind === 'document') {
      this.#takeShop(found.document)
      this.#answeredAt = serverNow().toISOString()
      this.set({ view: { kind: 'document', document: keepPrivate(found.document, shown) }, knownSince: null })
    } else if (shown && found.isPassing) this.set({ knownSince: this.#answeredAt })
    else {
      const searched = readSearch(typed)
      const isMistyped = found.notice === 'wrong_shape' && searched.kind === 'notice'
      this.set({ view: isMistyped ? searched : { kind: 'notice', notice: found.notice, typed: { number: typed } } })
    }
  }

  onNumber(typed: string): void {
    const target = this.getAttribute('search-target')
    const searched = readSearch(typed)
    if (searched.kind === 'notice') this.show(searched)
    else if (target) location.assign(target.replace('{number}', searched.number))
    else {
      this.set({ list: null })
      this.#follow(searched.number, null)
    }
  }

  async onOrder(given: { orderNumber: string; contact: string }): Promise<void> {
    const view: View = { kind: 'loading' }
    this.show(view)
    this.#where = this.#whereOf('')
    const found = await findOrder(this.#where, given)
    // Removed, or asked for something else, meanwhile.
    if (!this.isConnected || this.state.view !== view) return
    if (found.kind === 'notice')
      this.set({ view: { ...found, typed: { order: given.orderNumber, contact: given.contact } } })
    else if (found.documents.length === 1) this.open(found.documents[0]!)
    else this.set({ view: found, list: found })
  }

  open(document: ShownDocument): void {
    this.#follow(document.trackingNumber, document)
  }

  /** Shows what changes only by what its reader does. */
  show(view: View): void {
    this.following?.stop()
    this.following = null
    this.set({ view })
  }

  async send(number: string, kind: ReportKind): Promise<void> {
    if (this.state.report?.state === 'sending') return
    this.set({ report: { kind, state: 'sending' } })
    const where = this.#where
    const isSent = await sendReport(where, { number, kind })
    if (where === this.#where) this.set({ report: { kind, state: isSent ? 'sent' : 'failed' } })
  }

  template(): TemplateResult {
    const { view } = this.state
    const color = view.kind === 'document' ? (view.document.shop?.color ?? '') : ''
    if (/^#[0-9a-f]{6}$/i.test(color)) {
      this.style.setProperty('--jejak-accent', color)
      this.style.setProperty('--jejak-on-accent', inkOn(color))
    }
    return card({ ...givenFor(this.getAttribute('lang'), this.#where), element: this })
  }
}
