import { parcel } from '@jejak/tracking-page/templates/parcel.ts'
import { notice } from '@jejak/tracking-page/templates/search.ts'
import { isPassing, leadsToOrder } from '@jejak/tracking-page/view/notices.ts'
import type { ShownDocument } from '@jejak/tracking-page/view/shown-document.ts'
import { html, type TemplateResult } from 'lit/html.js'
import type { Scene, View } from '../state.ts'
import { parcelList } from './parcels.ts'
import { report } from './report.ts'
import { search } from './search.ts'

const noticePart = (scene: Scene, { notice: why, typed }: Extract<View, { kind: 'notice' }>): TemplateResult => {
  const { element, say } = scene
  const canRetry = element.following && (isPassing(why) || why === 'not_found')
  const retry = html`<p class="actions"><button type="button" @click=${() => element.following?.readNow()}>${say('try_again')}</button></p>`
  return html`${notice(why, canRetry ? { ...scene, retry } : scene)}${search(scene, { typed, orderIsOpen: leadsToOrder(why) })}`
}

const onward = ({ element, say }: Scene): TemplateResult => {
  const { list } = element.state
  const label = list ? say('order_parcels', { order: list.orderNumber }) : say('search_again')
  return html`
    <p class="joined no-print">
      <button class="quiet" type="button" @click=${() => element.show(list ?? { kind: 'search' })}>${label}</button>
    </p>`
}

const documentPart = (scene: Scene, document: ShownDocument) =>
  parcel(document, {
    ...scene,
    note: scene.element.isLinkRefused ? html`<p class="note" role="status">${scene.say('link_refused')}</p>` : null,
    knownSince: scene.element.state.knownSince,
    report: report(scene, document),
    onward: onward(scene),
  })

const content = (scene: Scene) => {
  const { view } = scene.element.state
  switch (view.kind) {
    case 'search':
      return search(scene)
    case 'loading':
      return html`<p role="status">${scene.say('loading')}</p>`
    case 'notice':
      return noticePart(scene, view)
    case 'list':
      return parcelList(scene, view)
    case 'document':
      return documentPart(scene, view.document)
  }
}

const news = ({ element, say }: Scene): string => {
  const { view } = element.state
  return view.kind === 'document' ? say(`status_${view.document.status}`) : ''
}

/** Everything the element shows, and what a screen reader is told when it changes. */
export const card = (scene: Scene): TemplateResult => html`
  <p class="hidden" lang=${scene.language} role="status" aria-live="polite">${news(scene)}</p>
  <div class="card" lang=${scene.language}>${content(scene)}</div>`
