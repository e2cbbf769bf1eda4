import { toneOf } from '@jejak/tracking-page/view/looks.ts'
import type { ShownDocument, ShownEvent } from '@jejak/tracking-page/view/shown-document.ts'
import { byDay, shownEventsMax } from '@jejak/tracking-page/view/summary.ts'
import { wordOf } from '@jejak/tracking-page/words/words.ts'
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { Given } from './given.ts'

const entry = (event: ShownEvent, { say, times }: Given, isNewest: boolean): TemplateResult => html`
  <li class=${isNewest ? 'newest' : ''}>
    <time datetime=${event.at}>${times.clock(event.at)}</time>
    <div>
      <p class="what">${say(wordOf(event))}</p>
      ${event.location ? html`<p class="muted">${event.location}</p>` : nothing}
      ${
        event.text
          ? html`<details><summary>${say('courier_text')}</summary><p class="muted" lang="">${[event.text, event.rawLocation].filter(Boolean).join(' · ')}</p></details>`
          : nothing
      }
    </div>
  </li>`

const days = (events: readonly ShownEvent[], given: Given, newest?: ShownEvent): TemplateResult => html`
  <ol>
    ${byDay(events, given.times).map(
      ({ day, events: ofDay }) => html`<li>
        <h4 class="day">${day}</h4>
        <ol class="events">${ofDay.map((event) => entry(event, given, event === newest))}</ol>
      </li>`,
    )}
  </ol>`

/** Every scan under its day, newest first; the rest of a long history is folded away. */
export const history = (document: ShownDocument, given: Given): TemplateResult | typeof nothing => {
  const { events } = document
  if (events.length === 0) return nothing
  const { say } = given
  const rest = events.slice(shownEventsMax)
  return html`
    <section class="history ${toneOf(document)}">
      <h3>${say('history')}</h3>
      ${days(events.slice(0, shownEventsMax), given, events[0])}
      ${rest.length > 0 ? html`<details class="rest"><summary>${say('earlier_events', { count: events.length })}</summary>${days(rest, given)}</details>` : nothing}
      ${events.some(({ zoneGuessed }) => zoneGuessed) ? html`<p class="hint muted">${say('zone_guessed')}</p>` : nothing}
    </section>`
}
