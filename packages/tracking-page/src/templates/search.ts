import type { Template } from '../html.ts'
import type { Given } from '../view/given.ts'
import type { Notice } from '../view/notices.ts'

/** What a page can say besides what the widget can. */
export type PageNotice = Notice | 'page_not_here'

/** Why there is nothing to show; `retry` needs a script. */
export const notice = (why: PageNotice, { html, say, retry }: Given & { retry?: Template | null }): Template => html`
  <section class="notice" role="alert">
    <h2>${say(why)}</h2>
    ${why === 'by_order' ? null : html`<p>${say(`${why}_text`)}</p>`}
    ${retry}
  </section>`

/** The search by tracking number. Without a script it posts, since what people type may be a phone number, and `kept` with it. */
export const numberForm = (
  { html, say, api }: Given,
  { typed = '', kept = null }: { typed?: string | undefined; kept?: Template | null },
): Template => html`
  <form role="search" action="${api}/t" method="post">
    <label for="number">${say('tracking_number')}</label>
    <div class="row">
      <input id="number" name="number" type="search" enterkeyhint="search" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="500" required aria-describedby="number-hint" .value="${typed}">
      <button class="primary">${say('search_button')}</button>
    </div>
    <p class="hint muted" id="number-hint">${say('search_hint')}</p>
    ${kept}
  </form>`
