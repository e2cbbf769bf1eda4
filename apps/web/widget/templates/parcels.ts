import { html, type TemplateResult } from 'lit/html.js'
import { isOutOfDate } from '../../src/view/freshness-words.ts'
import type { ShownDocument } from '../../src/view/shown-document.ts'
import { headlineOf } from '../../src/view/summary.ts'
import type { Given } from './given.ts'

type Listed = { orderNumber: string; documents: ShownDocument[]; onOpen: (document: ShownDocument) => void }

/** Several parcels of one order, each one press away. */
export const parcelList = ({ orderNumber, documents, onOpen }: Listed, given: Given): TemplateResult => html`
  <section>
    <h2>${given.say('order_parcels', { order: orderNumber })}</h2>
    <ul class="field">
      ${documents.map(
        (document) => html`<li>
          <button class="parcel" type="button" @click=${() => onOpen(document)}>
            <span>${headlineOf(document, given.say).title}<br /><span class="label">${document.trackingNumber}${document.courier ? ` · ${document.courier}` : ''}</span></span>
            <span class="label">${isOutOfDate(document.freshness) ? given.say('out_of_date') : ''} ›</span>
          </button>
        </li>`,
      )}
    </ul>
  </section>`
