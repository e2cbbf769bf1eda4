import type { ReportKind } from '@jejak/contract'
import type { TemplateResult } from 'lit/html.js'
import look from '../src/look.css?inline'
import type { Notice } from '../src/view/notices.ts'
import { inkOn } from '../src/view/shop-contacts.ts'
import type { ShownDocument } from '../src/view/shown-document.ts'
import { type Found, findDocument, findOrder, sendReport, serverNow, trackUrl, type Where } from './api.ts'
import { type Following, follow } from './follow.ts'
import { keepPrivate } from './keep-private.ts'
import { ReactiveElement } from './reactive-element.ts'
import { card } from './templates/card.ts'
import type { Report } from './templates/help.ts'
import { givenFor, languageOfPage } from './words-of-page.ts'

export type View =
  | { kind: 'search' }
  | { kind: 'loading' }
  | { kind: 'list'; orderNumber: string; documents: ShownDocument[] }
  | { kind: 'notice'; notice: Notice; typed: string }
  | { kind: 'document'; document: ShownDocument }

type State = {
  view: View
  list: Extract<View, { kind: 'list' }> | null
  /** While there is no connection: when the last answer came. */
  knownSince: string | null
  isWhole: boolean
  report: Report | null
}

const script =
  (document.currentScript as HTMLScriptElement | null)?.src ??
  document.querySelector<HTMLScriptElement>('script[src*="/widget.js"]')?.src
const scriptOrigin = new URL(script ?? location.href).origin
const clockTickMs = 30_000
const sheet = new CSSStyleSheet()
sheet.replaceSync(look)

/** `<jejak-tracking>`: one parcel, or a search for one. Attributes and theming: docs/tracking-page.md. */
export class JejakTracking extends ReactiveElement<State> {
  static readonly observedAttributes = ['tracking-number', 'api', 'shop', 'link-key', 'lang']
  following: Following | null = null
  #clock: ReturnType<typeof setInterval> | undefined
  #answeredAt = ''

  constructor() {
    super({ view: { kind: 'search' }, list: null, knownSince: null, isWhole: false, report: null }, sheet)
  }

  get where(): Where {
    return {
      api: (this.getAttribute('api') ?? scriptOrigin).replace(/\/+$/, ''),
      shop: this.getAttribute('shop'),
      linkKey: this.getAttribute('link-key'),
    }
  }

  connectedCallback(): void {
    // What a page without scripts reads; from here on the shadow root shows it.
    this.replaceChildren()
    this.#clock = setInterval(() => document.hidden || this.plan(), clockTickMs)
    this.#start()
  }

  disconnectedCallback(): void {
    clearInterval(this.#clock)
    this.following?.stop()
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.isConnected || before === after) return
    if (name === 'lang') this.plan()
    else this.#start()
  }

  /** Shows the number in the attribute: at once if the page brought its document along. */
  #start(): void {
    this.following?.stop()
    const number = this.getAttribute('tracking-number')
    if (!number) {
      this.set({ view: { kind: 'search' } })
      return
    }
    const given = JSON.parse(this.getAttribute('document') ?? 'null') as ShownDocument | null
    this.#follow(number, given?.trackingNumber === number ? given : null)
  }

  #follow(number: string, known: ShownDocument | null): void {
    this.following?.stop()
    this.#answeredAt = serverNow().toISOString()
    this.set({
      view: known ? { kind: 'document', document: known } : { kind: 'loading' },
      isWhole: false,
      report: null,
      knownSince: null,
    })
    this.following = follow({
      document: known,
      read: () => findDocument(this.where, number),
      liveUrl: trackUrl(this.where, number, '/live'),
      isOfOneShop: Boolean(this.where.shop),
      onFound: (found) => this.#take(found, number),
    })
  }

  #take(found: Found, typed: string): void {
    const { view } = this.state
    const shown = view.kind === 'document' ? view.document : null
    if (found.kind === 'document') {
      this.#answeredAt = serverNow().toISOString()
      this.set({ view: { kind: 'document', document: keepPrivate(found.document, shown) }, knownSince: null })
    } else if (shown && found.isPassing) this.set({ knownSince: this.#answeredAt })
    else this.set({ view: { kind: 'notice', notice: found.notice, typed } })
  }

  onNumber(number: string): void {
    const target = this.getAttribute('search-target')
    if (!number) return
    if (target) location.assign(target.replace('{number}', encodeURIComponent(number)))
    else {
      this.set({ list: null })
      this.#follow(number, null)
    }
  }

  async onOrder(given: { orderNumber: string; contact: string }): Promise<void> {
    this.following?.stop()
    this.following = null
    this.set({ view: { kind: 'loading' } })
    const found = await findOrder(this.where, given)
    if (found.kind === 'notice') this.set({ view: { ...found, typed: given.orderNumber } })
    else if (found.documents.length === 1) this.open(found.documents[0]!)
    else this.set({ view: found, list: found })
  }

  open(document: ShownDocument): void {
    this.#follow(document.trackingNumber, document)
  }

  show(view: View): void {
    this.following?.stop()
    this.set({ view })
  }

  async send(number: string, kind: ReportKind): Promise<void> {
    this.set({ report: { kind, state: 'sending' } })
    const isSent = await sendReport(this.where, number, kind)
    this.set({ report: { kind, state: isSent ? 'sent' : 'failed' } })
  }

  template(): TemplateResult {
    const { view } = this.state
    const color = view.kind === 'document' ? (view.document.shop?.color ?? '') : ''
    if (/^#[0-9a-f]{6}$/i.test(color)) {
      this.style.setProperty('--jejak-accent', color)
      this.style.setProperty('--jejak-on-accent', inkOn(color))
    }
    return card(this, { ...givenFor(languageOfPage(this.getAttribute('lang'))), ...this.where })
  }
}
