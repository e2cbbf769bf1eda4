import {
  askForRunParcels,
  giveBackRunParcels,
  lockRunParcels,
  type RefreshRunRow,
  type RunParcelEnd,
  type RunParcelFacts,
  settleRunParcels,
  type Tx,
} from '@jejak/db'
import { judgeRunParcel, type Verdict } from './judge-run-parcel.ts'

const examinedAtOnce = 250
const roundsMax = 40

type Seeing = { run: RefreshRunRow; connectionId: string | null; now: Date }
type Judged = { facts: RunParcelFacts; verdict: Verdict }

const idsOf = (judged: readonly Judged[], kind: Verdict['kind']): string[] =>
  judged.flatMap(({ facts, verdict }) => (verdict.kind === kind ? [facts.trackingId] : []))

/** What becomes of parcels that leave the queue: in a run that is paused they wait again. */
const endOfGivenBack = ({ state }: RefreshRunRow, trackingIds: readonly string[]): RunParcelEnd[] =>
  state === 'cancelled' ? trackingIds.map((trackingId) => ({ trackingId, outcome: 'cancelled', reason: null })) : []

/** Does what was decided. At most `askMax` become due. */
const carryOut = async (tx: Tx, { run, now }: Seeing, judged: readonly Judged[], askMax: number): Promise<number> => {
  const which = { organizationId: run.organizationId, runId: run.id }
  const asked = idsOf(judged, 'ask').slice(0, askMax)
  const givenBack = idsOf(judged, 'give_back')
  const settled = judged.flatMap(({ facts: { trackingId }, verdict }): RunParcelEnd[] =>
    verdict.kind === 'settle' ? [{ trackingId, ...verdict.end }] : [],
  )
  if (givenBack.length > 0) await giveBackRunParcels(tx, { ...which, trackingIds: givenBack })
  await settleRunParcels(tx, { ...which, ends: [...settled, ...endOfGivenBack(run, givenBack)], now })
  if (asked.length > 0) await askForRunParcels(tx, { ...which, trackingIds: asked, now })
  return asked.length
}

/** Goes through the parcels of a run that were asked for and are not done yet: takes off the queue what is to leave it. Tells how many still wait for an answer. */
export const seeToAsked = async (tx: Tx, seeing: Seeing): Promise<number> => {
  const { run, connectionId, now } = seeing
  let waiting = 0
  let afterId = '0'
  for (let round = 0; round < roundsMax; round += 1) {
    const facts = await lockRunParcels(tx, {
      ...{ organizationId: run.organizationId, runId: run.id, connectionId, now },
      ...{ isAsked: true, afterId, limit: examinedAtOnce },
    })
    const judged = facts.map((one) => ({ facts: one, verdict: judgeRunParcel(one, run) }))
    await carryOut(tx, seeing, judged, examinedAtOnce)
    waiting += judged.filter(({ verdict }) => verdict.kind === 'leave' || verdict.kind === 'ask').length
    if (facts.length < examinedAtOnce) break
    afterId = facts.at(-1)!.trackingId
  }
  return waiting
}

/** Makes the next parcels of a run due, up to `most`; tells how many it found. */
export const askForNext = async (tx: Tx, { most, ...seeing }: Seeing & { most: number }): Promise<number> => {
  const { run, connectionId, now } = seeing
  let asked = 0
  let afterId = '0'
  for (let round = 0; round < roundsMax && asked < most; round += 1) {
    const facts = await lockRunParcels(tx, {
      ...{ organizationId: run.organizationId, runId: run.id, connectionId, now },
      ...{ isAsked: false, afterId, limit: examinedAtOnce },
    })
    const judged = facts.map((one) => ({ facts: one, verdict: judgeRunParcel(one, run) }))
    asked += await carryOut(tx, seeing, judged, most - asked)
    if (facts.length < examinedAtOnce) break
    afterId = facts.at(-1)!.trackingId
  }
  return asked
}
