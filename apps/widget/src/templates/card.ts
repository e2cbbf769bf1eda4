import { parcel } from '@jejak/tracking-page/templates/parcel.ts'
import { notice } from '@jejak/tracking-page/templates/search.ts'
import type { Given } from '@jejak/tracking-page/view/given.ts'
import { isPassing, leadsToOrder } from '@jejak/tracking-page/view/notices.ts'
import type { ShownDocument } from '@jejak/tracking-page/view/shown-document.ts'
import { html, type TemplateResult } from 'lit/html.js'
import type { Shown, View } from '../state.ts'
import { parcelList } from './parcels.ts'
import { report } from './report.ts'
import { search } from './search.ts'

const noticePart = (
  element: Shown,
  given: Given,
  { notice: why, typed }: Extract<View, { kind: 'notice' }>,
): TemplateResult => {
  const canRetry = element.following && (isPassing(why) || why === 'not_found')
  const retry = html`<p class="actions"><button type="button" @click=${() => element.following?.readNow()}>${given.say('try_again')}</button></p>`
  return html`${notice(why, given, canRetry ? retry : null)}${search(element, given, { typed, orderIsOpen: leadsToOrder(why) })}`
}

const onward = (element: Shown, { say }: Given): TemplateResult => {
  const { list } = element.state
  const label = list ? say('order_parcels', { order: list.orderNumber }) : say('search_again')
  return html`
    <p class="joined no-print">
      <button class="quiet" type="button" @click=${() => element.show(list ?? { kind: 'search' })}>${label}</button>
    </p>`
}

const documentPart = (element: Shown, given: Given, document: ShownDocument) =>
  parcel(document, given, {
    note: element.isLinkRefused ? html`<p class="note" role="status">${given.say('link_refused')}</p>` : null,
    knownSince: element.state.knownSince,
    report: report(element, given, document),
    onward: onward(element, given),
  })

const content = (element: Shown, given: Given) => {
  const { view } = element.state
  switch (view.kind) {
    case 'search':
      return search(element, given)
    case 'loading':
      return html`<p role="status">${given.say('loading')}</p>`
    case 'notice':
      return noticePart(element, given, view)
    case 'list':
      return parcelList(element, given, view)
    case 'document':
      return documentPart(element, given, view.document)
  }
}

const news = ({ state: { view } }: Shown, { say }: Given): string =>
  view.kind === 'document' ? say(`status_${view.document.status}`) : ''

/** Everything the element shows, and what a screen reader is told when it changes. */
export const card = (element: Shown, given: Given): TemplateResult => html`
  <p class="hidden" lang=${given.language} role="status" aria-live="polite">${news(element, given)}</p>
  <div class="card" lang=${given.language}>${content(element, given)}</div>`
