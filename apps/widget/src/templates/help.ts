import type { ReportKind } from '@jejak/contract'
import { helpLinks } from '@jejak/tracking-page/view/help-links.ts'
import type { ShownDocument } from '@jejak/tracking-page/view/shown-document.ts'
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { Given } from './given.ts'

export type Report = { kind: ReportKind; state: 'asking' | 'sending' | 'sent' | 'failed' }
export type ReportActions = {
  report: Report | null
  onAsk: (kind: ReportKind) => void
  onSend: (kind: ReportKind) => void
  onCancel: () => void
}

const confirmation = (
  { kind, state }: Report,
  { say }: Given,
  { onSend, onCancel }: ReportActions,
): TemplateResult => html`
  <p class="arrival" role="status">${say(`report_${kind}`)}</p>
  <p class="actions">
    <button class="primary" type="button" aria-disabled=${state === 'sending'} @click=${() => onSend(kind)}>${say('report_send')}</button>
    <button type="button" @click=${onCancel}>${say('report_cancel')}</button>
  </p>`

const reportPart = (document: ShownDocument, given: Given, actions: ReportActions): TemplateResult => {
  const { report, onAsk } = actions
  const { say } = given
  const kinds: ReportKind[] =
    document.status === 'delivered' ? ['not_received', 'something_wrong'] : ['something_wrong']
  if (report?.state === 'sent') return html`<p class="arrival" role="status">${say('report_sent')}</p>`
  if (report && report.state !== 'failed') return confirmation(report, given, actions)
  return html`
    ${report ? html`<p role="alert">${say('report_failed')}</p>` : nothing}
    <p class="actions">${kinds.map((kind) => html`<button type="button" @click=${() => onAsk(kind)}>${say(`report_${kind}`)}</button>`)}</p>`
}

/** Ways to reach the shop and the courier, and to tell the shop that something is wrong. */
export const help = (document: ShownDocument, given: Given, actions: ReportActions): TemplateResult => {
  const { say } = given
  const links = helpLinks(document, say)
  return html`
    <section class="help no-print">
      <h3>${say('help_heading')}</h3>
      ${
        links.length > 0
          ? html`<p class="actions">${links.map(({ label, href }) => html`<a class="button" href=${href} rel="noopener noreferrer" target=${href.startsWith('https') ? '_blank' : nothing}>${label}</a>`)}</p>`
          : nothing
      }
      ${reportPart(document, given, actions)}
    </section>`
}
