import { adviceFor } from '@jejak/tracking-page/view/advice.ts'
import { courierName } from '@jejak/tracking-page/view/couriers.ts'
import { freshnessWords } from '@jejak/tracking-page/view/freshness-words.ts'
import { iconPath, toneOf } from '@jejak/tracking-page/view/looks.ts'
import { waitingNotice } from '@jejak/tracking-page/view/notices.ts'
import type { ShownDocument } from '@jejak/tracking-page/view/shown-document.ts'
import { stepsOf } from '@jejak/tracking-page/view/steps.ts'
import { arrivalOf, calendarUrl, headlineOf } from '@jejak/tracking-page/view/summary.ts'
import type { Word } from '@jejak/tracking-page/words/words.ts'
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { Given } from './given.ts'

const line = (name: string, text: string | null): TemplateResult | typeof nothing =>
  text ? html`<p class=${name}>${text}</p>` : nothing

/** The number, and who carries it. */
export const identity = (document: ShownDocument, { say }: Given): TemplateResult => html`
  <div class="identity">
    <div>
      <div class="label">${say('tracking_number')}</div>
      <span class="number">${document.trackingNumber}</span>
    </div>
    <div>
      ${line('number', courierName(document.courier))}
      ${document.orderNumber ? html`<span class="label">${say('order_number')} ${document.orderNumber}</span>` : nothing}
    </div>
  </div>`

/** Where the parcel is, in the customer's words. */
export const hero = (document: ShownDocument, given: Given): TemplateResult => {
  const { title, precise } = headlineOf(document, given.say)
  const waiting = waitingNotice(document, given.now)
  const calendar = calendarUrl(document, given)
  return html`
    <section class="hero ${toneOf(document)}">
      <span class="badge" aria-hidden="true"><svg viewBox="0 0 24 24"><path d=${iconPath(document.status)} /></svg></span>
      <div>
        <h2>${waiting ? given.say(waiting) : title}</h2>
        ${line('precise', waiting ? given.say(`${waiting}_text` as Word) : precise)}
        ${line('arrival', arrivalOf(document, given))}
        ${calendar ? html`<p class="no-print"><a class="quiet" href=${calendar}>${given.say('add_to_calendar')}</a></p>` : nothing}
      </div>
    </section>`
}

export const stepper = (document: ShownDocument, { say, now }: Given): TemplateResult | typeof nothing => {
  const steps = waitingNotice(document, now) ? [] : stepsOf(document)
  if (steps.length === 0) return nothing
  return html`
    <div class="joined ${toneOf(document)}">
      <ol class="steps" aria-label=${say('steps_label')}>
        ${steps.map(
          ({
            word,
            state,
          }) => html`<li class=${state} aria-current=${state === 'current' || state === 'problem' ? 'step' : nothing}>
            ${say(word)}
          </li>`,
        )}
      </ol>
    </div>`
}

export const advice = (document: ShownDocument, { say }: Given): TemplateResult | typeof nothing => {
  const word = adviceFor(document.status, document.substatus)
  if (!word) return nothing
  return html`<section class="advice ${toneOf(document)}"><h3>${say('advice_heading')}</h3><p>${say(word)}</p></section>`
}

/** When it was checked; while there is no connection, since when this page knows nothing new. */
export const freshnessLine = (
  document: ShownDocument,
  given: Given,
  { knownSince }: { knownSince: string | null },
): TemplateResult => {
  const { tone, text } = freshnessWords(document, given)
  return knownSince
    ? html`<p class="fresh late">${given.say('no_connection', { when: given.times.moment(knownSince) })} ${document.freshness.state === 'final' ? '' : text}</p>`
    : html`<p class="fresh ${tone}">${text}</p>`
}
