import type { ReportKind } from '@jejak/contract'
import type { Following } from '@jejak/tracking-page/follow/follow-parcel.ts'
import type { Given } from '@jejak/tracking-page/view/given.ts'
import type { Notice } from '@jejak/tracking-page/view/notices.ts'
import type { Typed } from '@jejak/tracking-page/view/read-search.ts'
import type { ShownDocument } from '@jejak/tracking-page/view/shown-document.ts'

export type View =
  | { kind: 'search' }
  | { kind: 'loading' }
  | { kind: 'list'; orderNumber: string; documents: ShownDocument[] }
  | { kind: 'notice'; notice: Notice; typed: Typed }
  | { kind: 'document'; document: ShownDocument }

export type Report = { kind: ReportKind; state: 'asking' | 'sending' | 'sent' | 'failed' }

export type State = {
  view: View
  list: Extract<View, { kind: 'list' }> | null
  /** While there is no connection: when the last answer came. */
  knownSince: string | null
  report: Report | null
}

/** What the templates know of the element: what it shows, and what a reader can do. */
export type Shown = {
  readonly state: State
  readonly following: Following | null
  readonly isLinkRefused: boolean
  set(change: Partial<State>): void
  show(view: View): void
  open(document: ShownDocument): void
  onNumber(typed: string): void
  onOrder(given: { orderNumber: string; contact: string }): Promise<void>
  send(number: string, kind: ReportKind): Promise<void>
}

/** What every template of the widget gets. */
export type Scene = Given & { element: Shown }
