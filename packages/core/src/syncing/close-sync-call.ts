import type { ShopTx, Tx } from '@jejak/db'
import { renewAccess } from '../checking/call/access.ts'
import { type CallEnd, lockClosing, saveClosing } from '../checking/call/end-call.ts'
import type { OpenCall } from '../checking/call/open-call.ts'
import { EasyParcelError } from '../easyparcel/client/easyparcel-error.ts'
import type { SyncDeps, SyncRun } from './sync-deps.ts'

type Closing = { tx: Tx; call: OpenCall; end: CallEnd; found: number; changed: number }

/** Writes the end of a call of the sync; the connection's row comes last, since its lock holds up all calls. */
export const closeSyncCall = async (
  { checks }: SyncDeps,
  { tx, call, end, found, changed }: Closing,
): Promise<void> => {
  const closing = await lockClosing(checks.settingsOf(call.organizationId), { tx, call, end })
  if (closing) await saveClosing(tx, { call, ...closing, found, changed })
}

/** How a call that was answered ended. */
export const answered = (
  { httpStatus, requestId }: { httpStatus: number; requestId: string | null },
  now: Date,
): CallEnd => ({ outcome: 'ok', problem: null, retryAfterMs: null, httpStatus, requestId, now })

type Asking<Answer> = {
  run: SyncRun
  call: OpenCall
  ask: (options: { signal: AbortSignal; now: Date }) => Promise<Answer>
  /** What is written with the end of a call that failed. */
  failed: (tx: ShopTx, error: EasyParcelError, now: Date) => Promise<unknown>
}

/** Makes the request of an open call. A failure is written down here, new access is got where it was refused, and the error is the answer. */
export const askOnce = async <Answer>(
  deps: SyncDeps,
  { run, call, ask, failed }: Asking<Answer>,
): Promise<Answer | EasyParcelError> => {
  const { checks } = deps
  const { connectionId } = run
  const signal = AbortSignal.timeout(Math.max(0, call.answerBy.getTime() - checks.now().getTime()))
  try {
    return await ask({ signal, now: call.openedAt })
  } catch (error) {
    if (!(error instanceof EasyParcelError)) throw error
    const { kind: outcome, message: problem, retryAfterMs, httpStatus, requestId } = error
    checks.log.warn({ callId: call.id, outcome, requestId }, `the sync: ${problem}`)
    await checks.db.ofShop(run.organizationId).transaction(async (tx) => {
      const now = await checks.clock(tx)
      await failed(tx, error, now)
      const end = { outcome, problem, retryAfterMs, httpStatus, requestId, now }
      await closeSyncCall(deps, { tx, call, end, found: 0, changed: 0 })
    })
    if (outcome === 'unauthorised') await renewAccess(checks, { connectionId, refusal: error, signal })
    return error
  }
}

/** What passes by itself in a moment: the gate says when the next call may go out. */
export const passesSoon = ({ kind }: EasyParcelError): boolean => kind === 'rate-limited' || kind === 'unauthorised'
