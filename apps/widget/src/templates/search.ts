import type { Typed } from '@jejak/tracking-page/view/read-search.ts'
import { html, type TemplateResult } from 'lit/html.js'
import type { Given } from './given.ts'

export type SearchActions = {
  onNumber: (number: string) => void
  onOrder: (given: { orderNumber: string; contact: string }) => void
  typed: Typed
  orderIsOpen: boolean
}

const fieldsOf = (event: SubmitEvent): FormData => {
  event.preventDefault()
  return new FormData(event.currentTarget as HTMLFormElement)
}
const text = (fields: FormData, name: string): string => String(fields.get(name) ?? '').trim()

const field = (id: string, label: string, value = ''): TemplateResult => html`
  <div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} name=${id} autocomplete=${id === 'contact' ? 'email' : 'off'} maxlength="254" required .value=${value} spellcheck="false" autocapitalize="off" />
  </div>`

/** The search form: by tracking number, or folded away by order number and contact. */
export const searchForm = (
  { say }: Given,
  { onNumber, onOrder, typed, orderIsOpen }: SearchActions,
): TemplateResult => html`
  <section class="search no-print">
    <form role="search" @submit=${(event: SubmitEvent) => onNumber(text(fieldsOf(event), 'number'))}>
      <label for="number">${say('tracking_number')}</label>
      <div class="row">
        <input id="number" name="number" type="search" enterkeyhint="search" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="500" required aria-describedby="number-hint" .value=${typed.number ?? ''} />
        <button class="primary">${say('search_button')}</button>
      </div>
      <p class="hint muted" id="number-hint">${say('search_hint')}</p>
    </form>
    <details ?open=${orderIsOpen}>
      <summary>${say('by_order')}</summary>
      <form @submit=${(event: SubmitEvent) => {
        const fields = fieldsOf(event)
        onOrder({ orderNumber: text(fields, 'order'), contact: text(fields, 'contact') })
      }}>
        ${field('order', say('order_number'), typed.order)}
        ${field('contact', say('contact'), typed.contact)}
        <p class="actions"><button class="primary">${say('find_order')}</button></p>
      </form>
    </details>
  </section>`
