import type { Template } from '../html.ts'
import { courierName } from '../view/couriers.ts'
import { freshnessWords } from '../view/freshness-words.ts'
import type { Given } from '../view/given.ts'
import { helpLinks } from '../view/help-links.ts'
import { iconPath, toneOf } from '../view/looks.ts'
import { adviceFor, waitingNotice } from '../view/notices.ts'
import type { ShownDocument } from '../view/shown-document.ts'
import { stepsOf } from '../view/steps.ts'
import { arrivalOf, calendarUrl, headlineOf } from '../view/summary.ts'
import type { Word } from '../words/en.ts'
import { history } from './history.ts'

/** What needs a script: a note above the parcel, since when it has no connection, a report to the shop, and where to go from here. */
type Extras = { note: Template | null; knownSince: string | null; report: Template; onward: Template }
type GivenHere = Given & Partial<Extras>
type Part = (document: ShownDocument, given: GivenHere) => Template | null

const identity: Part = ({ trackingNumber, courier, orderNumber }, { html, say }) => html`
  <div class="identity">
    <div>
      <div class="label">${say('tracking_number')}</div>
      <span class="number">${trackingNumber}</span>
    </div>
    <div>
      ${courier ? html`<p class="number">${courierName(courier)}</p>` : null}
      ${orderNumber ? html`<span class="label">${say('order_number')} ${orderNumber}</span>` : null}
    </div>
  </div>`

/** Where the parcel is, in the customer's words. */
const hero: Part = (document, given) => {
  const { html, say } = given
  const headline = headlineOf(document, say)
  const waiting = waitingNotice(document, given.now)
  const second = waiting ? say(`${waiting}_text` as Word) : headline.precise
  const arrival = arrivalOf(document, given)
  const calendar = calendarUrl(document, given)
  return html`
    <section class="hero ${toneOf(document)}">
      <span class="badge" aria-hidden="true"><svg viewBox="0 0 24 24"><path d="${iconPath(document.status)}"></path></svg></span>
      <div>
        <h2>${waiting ? say(waiting) : headline.title}</h2>
        ${second ? html`<p>${second}</p>` : null}
        ${arrival ? html`<p class="arrival">${arrival}</p>` : null}
        ${calendar ? html`<p class="no-print"><a class="quiet" href="${calendar}">${say('add_to_calendar')}</a></p>` : null}
      </div>
    </section>`
}

const stepper: Part = (document, { html, say, now }) => {
  const steps = waitingNotice(document, now) ? [] : stepsOf(document)
  if (steps.length === 0) return null
  const isHere = (state: string): boolean => state === 'current' || state === 'problem'
  return html`
    <div class="joined ${toneOf(document)}">
      <ol class="steps" aria-label="${say('steps_label')}">
        ${steps.map(({ word, state }) => html`<li class="${state}" aria-current="${isHere(state) ? 'step' : 'false'}">${say(word)}</li>`)}
      </ol>
    </div>`
}

const advice: Part = (document, { html, say }) => {
  const word = adviceFor(document.status, document.substatus)
  return word
    ? html`<section class="advice ${toneOf(document)}"><h3>${say('advice_heading')}</h3><p>${say(word)}</p></section>`
    : null
}

/** When it was checked; without a connection, since when nothing new has come. */
const freshness: Part = (document, given) => {
  const { html, say, times, knownSince } = given
  const { tone, text } = freshnessWords(document, given)
  if (!knownSince) return html`<p class="fresh ${tone}">${text}</p>`
  const cut = say('no_connection', { when: times.moment(knownSince) })
  return html`<p class="fresh late">${cut} ${document.freshness.state === 'final' ? '' : text}</p>`
}

const help: Part = (document, { html, say, report }) => {
  const links = helpLinks(document, say).map(
    ({ label, href }) =>
      html`<a class="button" href="${href}" rel="noopener noreferrer" target="${href.startsWith('https') ? '_blank' : '_self'}">${label}</a>`,
  )
  if (links.length === 0 && !report) return null
  return html`
    <section class="help no-print">
      <h3>${say('help_heading')}</h3>
      ${links.length > 0 ? html`<p class="actions">${links}</p>` : null}
      ${report}
    </section>`
}

/** Everything about one parcel, as the parts of a card. */
export const parcel = (document: ShownDocument, given: GivenHere): Template => {
  const { html, say } = given
  return html`
    ${document.demo ? html`<p class="note">${say('demo')}</p>` : null}
    ${given.note}
    ${identity(document, given)}
    ${hero(document, given)}
    ${stepper(document, given)}
    ${advice(document, given)}
    ${freshness(document, given)}
    ${history(document, given)}
    ${help(document, given)}
    ${given.onward}`
}
