import type { Notice } from '../view/notices.ts'
import type { Say } from '../words/words.ts'
import { html, type Markup } from './html.ts'

/** What a page can say besides what the widget can. */
export type PageNotice = Notice | 'page_not_here'

type Searched = { typed: string; language: string; shopSlug: string | null }

/** The search as a plain form, which works without JavaScript for tracking numbers. It posts, since what people type may be a phone number. */
const searchMarkup = (say: Say, { typed, language, shopSlug }: Searched): Markup =>
  html`<section class="search"><form role="search" action="/t" method="post">
<input type="hidden" name="lang" value="${language}">${shopSlug && html`<input type="hidden" name="shop" value="${shopSlug}">`}
<label for="number">${say('tracking_number')}</label>
<div class="row"><input id="number" name="number" type="search" autocomplete="off" spellcheck="false" maxlength="500" required aria-describedby="number-hint" value="${typed}"><button class="primary">${say('search_button')}</button></div>
<p class="hint muted" id="number-hint">${say('search_hint')}</p>
</form><noscript><p class="hint muted">${say('page_order_needs_script')}</p></noscript></section>`

export const noticeMarkup = (say: Say, given: Searched & { notice: PageNotice | null }): Markup =>
  html`<div class="card">${
    given.notice &&
    html`<section class="notice"><h2>${say(given.notice)}</h2>${given.notice !== 'by_order' && html`<p>${say(`${given.notice}_text`)}</p>`}</section>`
  }${searchMarkup(say, given)}</div>`
