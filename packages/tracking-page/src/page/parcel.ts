import { adviceFor } from '../view/advice.ts'
import { courierName } from '../view/couriers.ts'
import { freshnessWords } from '../view/freshness-words.ts'
import type { Given } from '../view/given.ts'
import { helpLinks } from '../view/help-links.ts'
import { iconPath, toneOf } from '../view/looks.ts'
import { waitingNotice } from '../view/notices.ts'
import type { ShownDocument, ShownEvent } from '../view/shown-document.ts'
import { stepsOf } from '../view/steps.ts'
import { arrivalOf, byDay, calendarUrl, headlineOf, shownEventsMax } from '../view/summary.ts'
import { type Word, wordOf } from '../words/words.ts'
import { html, type Markup } from './html.ts'

const hero = (document: ShownDocument, given: Given): Markup => {
  const { title, precise } = headlineOf(document, given.say)
  const waiting = waitingNotice(document, given.now)
  const arrival = arrivalOf(document, given)
  const calendar = calendarUrl(document, given)
  const second = waiting ? given.say(`${waiting}_text` as Word) : precise
  return html`<section class="hero ${toneOf(document)}">
<span class="badge" aria-hidden="true"><svg viewBox="0 0 24 24"><path d="${iconPath(document.status)}"/></svg></span>
<div><h2>${waiting ? given.say(waiting) : title}</h2>${second && html`<p>${second}</p>`}${arrival && html`<p class="arrival">${arrival}</p>`}${calendar && html`<p class="no-print"><a class="quiet" href="${calendar}">${given.say('add_to_calendar')}</a></p>`}</div>
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

const days = (document: ShownDocument, events: readonly ShownEvent[], given: Given): Markup =>
  html`<ol>${byDay(events, given.times).map(
    ({ day, events: ofDay }) =>
      html`<li><h4 class="day">${day}</h4><ol class="events">${ofDay.map((event) => entry(event, given, event === document.events[0]))}</ol></li>`,
  )}</ol>`

const history = (document: ShownDocument, given: Given): Markup | null => {
  const { events } = document
  if (events.length === 0) return null
  const { say } = given
  const rest = events.slice(shownEventsMax)
  return html`<section class="history ${toneOf(document)}"><h3>${say('history')}</h3>${days(document, events.slice(0, shownEventsMax), given)}${
    rest.length > 0 &&
    html`<details class="rest"><summary>${say('earlier_events', { count: events.length })}</summary>${days(document, rest, given)}</details>`
  }${events.some(({ zoneGuessed }) => zoneGuessed) && html`<p class="hint muted">${say('zone_guessed')}</p>`}</section>`
}

const help = (document: ShownDocument, { say }: Given): Markup | null => {
  const links = helpLinks(document, say)
  if (links.length === 0) return null
  return html`<section class="no-print"><h3>${say('help_heading')}</h3><p class="actions">${links.map(({ label, href }) => html`<a class="button" href="${href}" rel="noopener noreferrer">${label}</a>`)}</p></section>`
}

/** What the widget shows of a parcel, as far as it can be read without JavaScript. */
export const parcelMarkup = (document: ShownDocument, given: Given): Markup => {
  const { say } = given
  const advice = adviceFor(document.status, document.substatus)
  const { tone, text } = freshnessWords(document, given)
  return html`<div class="card">
${document.demo && html`<p class="note">${say('demo')}</p>`}
<div class="identity"><div><div class="label">${say('tracking_number')}</div><span class="number">${document.trackingNumber}</span></div><div>${document.courier && html`<p class="number">${courierName(document.courier)}</p>`}</div></div>
${hero(document, given)}
${steps(document, given)}
${advice && html`<section class="advice ${toneOf(document)}"><h3>${say('advice_heading')}</h3><p>${say(advice)}</p></section>`}
<p class="fresh ${tone}">${text}</p>
${history(document, given)}
${help(document, given)}
</div>`
}
