import { html, nothing, type TemplateResult } from 'lit/html.js'
import { toneOf } from '../../src/view/looks.ts'
import type { ShownDocument, ShownEvent } from '../../src/view/shown-document.ts'
import { byDay, shownEventsMax } from '../../src/view/summary.ts'
import { wordOf } from '../../src/words/words.ts'
import type { Given } from './given.ts'

const entry = (event: ShownEvent, { say, times }: Given, events: ShownEvent[]): TemplateResult => html`
  <li class=${event === events[0] ? 'newest' : ''} tabindex=${event === events[shownEventsMax] ? -1 : nothing}>
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

/** Every scan under its day, newest first; a long history is cut until asked for. */
export const history = (
  document: ShownDocument,
  given: Given,
  { isWhole, onWhole }: { isWhole: boolean; onWhole: () => void },
): TemplateResult | typeof nothing => {
  const { events } = document
  if (events.length === 0) return nothing
  const shown = isWhole ? events : events.slice(0, shownEventsMax)
  const { say } = given
  return html`
    <section class="history ${toneOf(document)}">
      <h3>${say('history')}</h3>
      <ol>
        ${byDay(shown, given.times).map(
          ({ day, events: ofDay }) => html`<li>
            <h4 class="day">${day}</h4>
            <ol class="events">${ofDay.map((event) => entry(event, given, events))}</ol>
          </li>`,
        )}
      </ol>
      ${shown.length < events.length ? html`<p class="actions"><button type="button" @click=${onWhole}>${say('earlier_events', { count: events.length })}</button></p>` : nothing}
      ${events.some(({ zoneGuessed }) => zoneGuessed) ? html`<p class="hint muted">${say('zone_guessed')}</p>` : nothing}
    </section>`
}
