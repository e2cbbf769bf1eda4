import { isPassing, leadsToOrder, type Notice } from '@jejak/tracking-page/view/notices.ts'
import type { Typed } from '@jejak/tracking-page/view/read-search.ts'
import type { ShownDocument } from '@jejak/tracking-page/view/shown-document.ts'
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { JejakTracking } from '../jejak-tracking.ts'
import type { Given } from './given.ts'
import { help } from './help.ts'
import { history } from './history.ts'
import { parcelList } from './parcels.ts'
import { searchForm } from './search.ts'
import { advice, freshnessLine, hero, identity, stepper } from './summary.ts'

const search = (element: JejakTracking, given: Given, typed: Typed = {}, orderIsOpen = false): TemplateResult =>
  searchForm(given, {
    typed,
    orderIsOpen,
    onNumber: (number) => element.onNumber(number),
    onOrder: (order) => void element.onOrder(order),
  })

const noticePart = (
  element: JejakTracking,
  given: Given,
  { notice, typed }: { notice: Notice; typed: Typed },
): TemplateResult => html`
  <section class="notice" role="alert">
    <h2>${given.say(notice)}</h2>
    ${notice === 'by_order' ? nothing : html`<p>${given.say(`${notice}_text`)}</p>`}
    ${
      (isPassing(notice) || notice === 'not_found') && element.following
        ? html`<p class="actions"><button type="button" @click=${() => element.following?.readNow()}>${given.say('try_again')}</button></p>`
        : nothing
    }
  </section>
  ${search(element, given, typed, leadsToOrder(notice))}`

const documentPart = (element: JejakTracking, given: Given, document: ShownDocument): TemplateResult => {
  const { list, report, knownSince } = element.state
  return html`
    ${document.demo ? html`<p class="note">${given.say('demo')}</p>` : nothing}
    ${element.isLinkRefused ? html`<p class="note" role="status">${given.say('link_refused')}</p>` : nothing}
    ${identity(document, given)}
    ${hero(document, given)} ${stepper(document, given)} ${advice(document, given)}
    ${freshnessLine(document, given, { knownSince })}
    ${history(document, given)}
    ${help(document, given, {
      report,
      onAsk: (kind) => element.set({ report: { kind, state: 'asking' } }),
      onSend: (kind) => void element.send(document.trackingNumber, kind),
      onCancel: () => element.set({ report: null }),
    })}
    <p class="joined no-print">
      ${
        list
          ? html`<button class="quiet" type="button" @click=${() => element.show(list)}>${given.say('order_parcels', { order: list.orderNumber })}</button>`
          : html`<button class="quiet" type="button" @click=${() => element.show({ kind: 'search' })}>${given.say('search_again')}</button>`
      }
    </p>`
}

const content = (element: JejakTracking, given: Given): TemplateResult => {
  const { view } = element.state
  switch (view.kind) {
    case 'search':
      return search(element, given)
    case 'loading':
      return html`<p role="status">${given.say('loading')}</p>`
    case 'notice':
      return noticePart(element, given, view)
    case 'list':
      return parcelList(
        { ...view, onOpen: (document) => element.open(document), onSearch: () => element.show({ kind: 'search' }) },
        given,
      )
    case 'document':
      return documentPart(element, given, view.document)
  }
}

const news = ({ state: { view } }: JejakTracking, { say }: Given): string =>
  view.kind === 'document' ? say(`status_${view.document.status}`) : ''

/** Everything the element shows, and what a screen reader is told when it changes. */
export const card = (element: JejakTracking, given: Given): TemplateResult => html`
  <p class="hidden" lang=${given.language} role="status" aria-live="polite">${news(element, given)}</p>
  <div class="card" lang=${given.language}>${content(element, given)}</div>`
