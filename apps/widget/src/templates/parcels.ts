import { courierName } from '@jejak/tracking-page/view/couriers.ts'
import { isOutOfDate } from '@jejak/tracking-page/view/freshness-words.ts'
import type { Given } from '@jejak/tracking-page/view/given.ts'
import type { ShownDocument } from '@jejak/tracking-page/view/shown-document.ts'
import { arrivalOf, headlineOf } from '@jejak/tracking-page/view/summary.ts'
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { Scene, View } from '../state.ts'

const parcel = (document: ShownDocument, given: Given): TemplateResult => {
  const { trackingNumber, courier, freshness } = document
  const arrival = arrivalOf(document, given)
  return html`
    <span>
      <span class="arrival">${headlineOf(document, given.say).title}</span><br>
      ${arrival ? html`${arrival}<br>` : nothing}
      <span class="label">${[trackingNumber, courierName(courier)].filter(Boolean).join(' · ')}</span>
    </span>
    <span class="label">${isOutOfDate(freshness) ? given.say('out_of_date') : ''} ›</span>`
}

/** Several parcels of one order, each one press away. */
export const parcelList = (
  scene: Scene,
  { orderNumber, documents }: Extract<View, { kind: 'list' }>,
): TemplateResult => html`
  <section>
    <h2>${scene.say('order_parcels', { order: orderNumber })}</h2>
    <ul class="field">
      ${documents.map(
        (document) => html`<li>
          <button class="parcel" type="button" @click=${() => scene.element.open(document)}>${parcel(document, scene)}</button>
        </li>`,
      )}
    </ul>
  </section>
  <p class="joined no-print"><button class="quiet" type="button" @click=${() => scene.element.show({ kind: 'search' })}>${scene.say('search_again')}</button></p>`
