import type { Template } from '../html.ts'
import type { Given } from '../view/given.ts'
import { toneOf } from '../view/looks.ts'
import type { ShownDocument, ShownEvent } from '../view/shown-document.ts'
import { byDay, shownEventsMax } from '../view/summary.ts'
import { wordOf } from '../words/words.ts'

const courierText = ({ text, rawLocation }: ShownEvent, { html, say }: Given): Template | null =>
  text
    ? html`<details><summary>${say('courier_text')}</summary><p class="muted" lang="">${[text, rawLocation].filter(Boolean).join(' · ')}</p></details>`
    : null

const entry = (event: ShownEvent, given: Given, isNewest: boolean): Template => {
  const { html, say, times } = given
  return html`
    <li class="${isNewest ? 'newest' : ''}">
      <time datetime="${event.at}">${times.clock(event.at)}</time>
      <div>
        <p class="what">${say(wordOf(event))}</p>
        ${event.location ? html`<p class="muted">${event.location}</p>` : null}
        ${courierText(event, given)}
      </div>
    </li>`
}

const days = (events: readonly ShownEvent[], given: Given, newest?: ShownEvent): Template => {
  const { html, times } = given
  const items = byDay(events, times).map(
    ({ day, events: ofDay }) => html`
      <li>
        <h4 class="day">${day}</h4>
        <ol class="events">${ofDay.map((event) => entry(event, given, event === newest))}</ol>
      </li>`,
  )
  return html`<ol>${items}</ol>`
}

/** Every scan under its day, newest first; the rest of a long history is folded away. */
export const history = (document: ShownDocument, given: Given): Template | null => {
  const { events } = document
  if (events.length === 0) return null
  const { html, say } = given
  const rest = events.slice(shownEventsMax)
  return html`
    <section class="history ${toneOf(document)}">
      <h3>${say('history')}</h3>
      ${days(events.slice(0, shownEventsMax), given, events[0])}
      ${rest.length > 0 ? html`<details class="rest"><summary>${say('earlier_events', { count: events.length })}</summary>${days(rest, given)}</details>` : null}
      ${events.some(({ zoneGuessed }) => zoneGuessed) ? html`<p class="hint muted">${say('zone_guessed')}</p>` : null}
    </section>`
}
