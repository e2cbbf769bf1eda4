import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Db, findBrokenRules } from '@jejak/db'
import type { Stats, Truth } from '@jejak/easyparcel-simulator'
import type { Ending } from '../worker-process.ts'
import { readBudgetDays } from './budget-witness.ts'
import { callsOpenMax } from './chaos-settings.ts'
import { saidWrongClock, wrongClockLog } from './cluster.ts'
import { type Figures, readFigures } from './figures.ts'
import { judgeParcels } from './judge-parcels.ts'
import type { Troubles } from './troubles.ts'
import { type Verdict, verdict, verdictOf } from './verdict.ts'

export type Evidence = {
  db: Db
  truth: readonly Truth[]
  stats: Stats
  kills: number
  unsettled: readonly string[]
  endings: readonly Ending[]
  complaints: readonly string[]
  logDir: string
  troubles: Troubles
  now: Date
}

/** All that must be true after a run, however wild it was. */
export const judge = async (evidence: Evidence): Promise<{ figures: Figures; verdicts: Verdict[] }> => {
  const { db, truth, now } = evidence
  const figures = await readFigures(db, now)
  return {
    figures,
    verdicts: [
      ...judgeRun(evidence, figures),
      ...(await judgeParcels(db, truth)),
      ...(await judgeBudget(db)),
      ...judgeCalls(evidence, figures),
      ...(await judgeWrongClock(evidence)),
      verdict(
        'every rule of the database holds',
        (await findBrokenRules(db.sql, now)).map((broken) => JSON.stringify(broken)),
      ),
    ],
  }
}

const ofCutSession =
  /57P01|EPIPE|ECONNRESET|not queryable|terminating connection|[Cc]onnection terminated|connection error/

/** The worker whose clock is 40 days ahead asks nothing, says why, and leaves no row that is in the future. */
const judgeWrongClock = async ({ db, logDir, now }: Evidence): Promise<Verdict[]> => {
  const log = await readFile(join(logDir, wrongClockLog), 'utf8').catch(() => '')
  const { rows } = await db.sql.query<{ what: string }>(
    `select 'a parcel checked at ' || checked_at as what from tracking_schedule where checked_at > $1
      union all select 'a call opened at ' || opened_at from api_calls where opened_at > $1
      union all select 'a budget of ' || budget_day from connections where budget_day > $1::date + 1`,
    [new Date(now.getTime() + 60_000)],
  )
  return [
    verdictOf(
      'the worker with the wrong clock asked nothing and said why',
      (await saidWrongClock(logDir)) && !log.includes('due trackings checked'),
      log.includes('due trackings checked') ? 'it asked' : 'it did not say why',
    ),
    verdict(
      'nothing was written by the wrong clock',
      rows.map(({ what }) => what),
    ),
  ]
}

/** A run in which nothing happened proves nothing. */
const judgeRun = (
  { truth, kills, stats, unsettled, endings, complaints, troubles }: Evidence,
  figures: Figures,
): Verdict[] => {
  const alive = truth.filter(({ ended }) => !ended).length
  const unclean = endings.filter(({ code }) => code !== 0)
  return [
    verdictOf('every life has ended', alive === 0, `${alive} go on`),
    verdict('every parcel had its last check', unsettled),
    verdictOf(
      'there were enough faults',
      kills > 0 && figures.callsFailed > figures.calls / 4 && (stats.faults.slow ?? 0) > 0,
      `${kills} kills, ${figures.callsFailed} of ${figures.calls} calls failed, ${stats.faults.slow ?? 0} were slow`,
    ),
    verdictOf(
      'sessions were cut, answers were empty for an hour, a clock was wrong',
      troubles.sessionsCut > 0 && troubles.emptyHours > 0 && troubles.wrongClocks > 0,
      JSON.stringify(troubles),
    ),
    verdictOf(
      'workers end in order when asked',
      unclean.length === 0,
      unclean.map(({ code, signal }) => `${signal ?? code}`).join(', '),
    ),
    verdict(
      'no worker ended by itself or logged an error but of a session that was cut',
      complaints.filter((line) => !ofCutSession.test(line)),
    ),
  ]
}

const judgeBudget = async (db: Db): Promise<Verdict[]> => {
  const days = await readBudgetDays(db)
  const wrong = days.filter(({ counted, logged, everFell }) => counted !== logged || everFell)
  return [
    verdict(
      'budget used equals calls logged, on each day',
      wrong.map(({ day, counted, logged }) => `${day}: ${counted} counted, ${logged} logged`),
    ),
  ]
}

const judgeCalls = ({ stats }: Evidence, { calls, callsCutOff, callsOpen, inFlight }: Figures): Verdict[] => {
  const { started, openMax } = stats.calls
  return [
    verdictOf(
      'no call goes uncounted, and only calls that a kill cut off were never sent',
      calls >= started && calls - started <= callsCutOff,
      `${calls} logged, ${started} arrived, ${callsCutOff} cut off`,
    ),
    verdictOf(
      `never more than ${callsOpenMax} calls at once in the whole cluster`,
      openMax <= callsOpenMax,
      `${openMax} at once`,
    ),
    verdictOf(
      'no parcel is left marked as in flight, no call is left open',
      inFlight === 0 && callsOpen === 0,
      `${inFlight} in flight, ${callsOpen} open`,
    ),
  ]
}
