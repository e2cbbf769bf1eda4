import { adviceFor } from '../view/advice.ts'
import { courierPageOf } from '../view/couriers.ts'
import { freshnessWords } from '../view/freshness-words.ts'
import { iconPath } from '../view/icons.ts'
import { waitingNotice } from '../view/notices.ts'
import { contactLinks } from '../view/shop-contacts.ts'
import type { ShownDocument, ShownEvent } from '../view/shown-document.ts'
import { stepsOf } from '../view/steps.ts'
import { arrivalOf, byDay, headlineOf, toneOf } from '../view/summary.ts'
import type { Times } from '../words/times.ts'
import { type Say, type Word, wordOf } from '../words/words.ts'
import { html, type Markup } from './html.ts'

export type Given = { say: Say; times: Times; now: Date }

const hero = (document: ShownDocument, given: Given): Markup => {
  const { title, precise } = headlineOf(document, given.say)
  const waiting = waitingNotice(document, given.now)
  const arrival = arrivalOf(document, given)
  const second = waiting ? given.say(`${waiting}_text` as Word) : precise
  return html`<section class="hero ${toneOf(document)}">
<span class="badge" aria-hidden="true"><svg viewBox="0 0 24 24"><path d="${iconPath(document.status)}"/></svg></span>
<div><h2>${waiting ? given.say(waiting) : title}</h2>${second && html`<p>${second}</p>`}${arrival && html`<p class="arrival">${arrival}</p>`}</div>
</section>`
}

const steps = (document: ShownDocument, { say, now }: Given): Markup | null => {
  const shown = waitingNotice(document, now) ? [] : stepsOf(document)
  if (shown.length === 0) return null
  const items = shown.map(({ word, state }) =>
    state === 'current' || state === 'problem'
      ? html`<li class="${state}" aria-current="step">${say(word)}</li>`
      : html`<li class="${state}">${say(word)}</li>`,
  )
  return html`<div class="joined ${toneOf(document)}"><ol class="steps" aria-label="${say('steps_label')}">${items}</ol></div>`
}

const entry = (event: ShownEvent, { say, times }: Given, isNewest: boolean): Markup =>
  html`<li class="${isNewest ? 'newest' : ''}"><time datetime="${event.at}">${times.clock(event.at)}</time><div><p class="what">${say(wordOf(event))}</p>${event.location && html`<p class="muted">${event.location}</p>`}</div></li>`

const history = (document: ShownDocument, given: Given): Markup | null => {
  const { events } = document
  if (events.length === 0) return null
  const days = byDay(events, given.times).map(
    ({ day, events: ofDay }) =>
      html`<li><h4 class="day">${day}</h4><ol class="events">${ofDay.map((event) => entry(event, given, event === events[0]))}</ol></li>`,
  )
  return html`<section class="history ${toneOf(document)}"><h3>${given.say('history')}</h3><ol>${days}</ol></section>`
}

const help = (document: ShownDocument, { say }: Given): Markup | null => {
  const courierPage = courierPageOf(document.courier, document.trackingNumber)
  const links = contactLinks(document.shop, { say, number: document.trackingNumber })
  if (links.length === 0 && !courierPage) return null
  return html`<section class="no-print"><h3>${say('help_heading')}</h3><p class="actions">${links.map(({ word, href }) => html`<a class="button" href="${href}" rel="noopener noreferrer">${say(word)}</a>`)}${courierPage && html`<a class="button" href="${courierPage}" rel="noopener noreferrer">${say('courier_page')}</a>`}</p></section>`
}

/** What the widget shows of a parcel, as far as it can be read without JavaScript. */
export const parcelMarkup = (document: ShownDocument, given: Given): Markup => {
  const { say } = given
  const advice = adviceFor(document.status, document.substatus)
  const { tone, text } = freshnessWords(document.freshness, given)
  return html`<div class="card">
${document.demo && html`<p class="demo">${say('demo')}</p>`}
<div class="identity"><div><div class="label">${say('tracking_number')}</div><span class="number">${document.trackingNumber}</span></div><div>${document.courier && html`<p class="number">${document.courier}</p>`}</div></div>
${hero(document, given)}
${steps(document, given)}
${advice && html`<section class="advice ${toneOf(document)}"><h3>${say('advice_heading')}</h3><p>${say(advice)}</p></section>`}
<p class="fresh ${tone}">${text}</p>
${history(document, given)}
${help(document, given)}
</div>`
}
