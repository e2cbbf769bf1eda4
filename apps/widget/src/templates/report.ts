import type { ReportKind } from '@jejak/contract'
import type { ShownDocument } from '@jejak/tracking-page/view/shown-document.ts'
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { Scene } from '../state.ts'

const kindsFor = ({ status }: ShownDocument): ReportKind[] =>
  status === 'delivered' ? ['not_received', 'something_wrong'] : ['something_wrong']

/** Tells the shop that something is wrong, in two presses. */
export const report = ({ element, say }: Scene, document: ShownDocument): TemplateResult => {
  const { report: given } = element.state
  if (given?.state === 'sent') return html`<p class="arrival" role="status">${say('report_sent')}</p>`
  if (given && given.state !== 'failed')
    return html`
      <p class="arrival" role="status">${say(`report_${given.kind}`)}</p>
      <p class="actions">
        <button class="primary" type="button" aria-disabled=${given.state === 'sending'} @click=${() => void element.send(document.trackingNumber, given.kind)}>${say('report_send')}</button>
        <button type="button" @click=${() => element.set({ report: null })}>${say('report_cancel')}</button>
      </p>`
  const ask = (kind: ReportKind) =>
    html`<button type="button" @click=${() => element.set({ report: { kind, state: 'asking' } })}>${say(`report_${kind}`)}</button>`
  return html`
    ${given ? html`<p role="alert">${say('report_failed')}</p>` : nothing}
    <p class="actions">${kindsFor(document).map(ask)}</p>`
}
