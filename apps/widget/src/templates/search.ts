import { numberForm } from '@jejak/tracking-page/templates/search.ts'
import type { Typed } from '@jejak/tracking-page/view/read-search.ts'
import { html, type TemplateResult } from 'lit/html.js'
import type { Scene, Shown } from '../state.ts'

const field = (id: string, label: string, value = ''): TemplateResult => html`
  <div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} name=${id} autocomplete=${id === 'contact' ? 'email' : 'off'} maxlength="254" required .value=${value} spellcheck="false" autocapitalize="off">
  </div>`

/** Takes what either form holds. */
const onSubmit = (element: Shown) => (event: SubmitEvent) => {
  event.preventDefault()
  const fields = new FormData(event.target as HTMLFormElement)
  const text = (name: string): string => String(fields.get(name) ?? '').trim()
  if (fields.has('number')) element.onNumber(text('number'))
  else void element.onOrder({ orderNumber: text('order'), contact: text('contact') })
}

/** The search: by tracking number, or folded away by order number and contact. */
export const search = (
  scene: Scene,
  { typed, orderIsOpen }: { typed: Typed; orderIsOpen: boolean } = { typed: {}, orderIsOpen: false },
): TemplateResult => {
  const { element, say } = scene
  return html`
    <section class="search no-print" @submit=${onSubmit(element)}>
      ${numberForm(scene, { typed: typed.number })}
      <details ?open=${orderIsOpen}>
        <summary>${say('by_order')}</summary>
        <form>
          ${field('order', say('order_number'), typed.order)}
          ${field('contact', say('contact'), typed.contact)}
          <p class="actions"><button class="primary">${say('find_order')}</button></p>
        </form>
      </details>
    </section>`
}
