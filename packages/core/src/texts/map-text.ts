import { isTerminal, type Substatus, substatusesOf, type TrackingStatus } from '@jejak/contract'
import { type Clock, type Db, deleteOwnText, type OwnTextRow, saveOwnText, type Tx } from '@jejak/db'
import { type Actor, actorName } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { maskGiven, type OwnText } from '../easyparcel/texts/own-texts.ts'
import { conflict, notFound, Refusal } from '../errors.ts'
import { type Boss, enqueue } from '../queue/index.ts'

const ownTextsMax = 500
// By then every process reads by it.
const reReadAfterSeconds = 5

type Deps = { db: Pick<Db, 'transaction'>; boss: Boss; clock: Clock }
export type Meant = { text: string; status: TrackingStatus; substatus: Substatus | null }

/**
 * What someone says that a text means, in the form in which it is kept; refuses what cannot be meant. Masked places may hide a "not", so no text that has
 * any can end a parcel.
 */
export const readMeant = ({ text: typed, status, substatus }: Meant): OwnText => {
  const text = maskGiven(typed)
  if (!/\p{L}/u.test(text.replaceAll('…', '')))
    throw new Refusal('validation', 'Nothing of this text is left but names and numbers, so it cannot be recognised.')
  if (status === 'lapsed') throw new Refusal('validation', 'lapsed is what silence means, not a text.')
  if (substatus !== null && !(substatusesOf[status] as readonly string[]).includes(substatus))
    throw new Refusal(
      'validation',
      `${substatus} is not of ${status}: ${substatusesOf[status].join(', ') || 'it has none'}.`,
    )
  if (isTerminal(status) && text.includes('…'))
    throw new Refusal(
      'validation',
      `Where names and numbers stood (…), something may deny it: such a text cannot mean ${status}.`,
    )
  return { text, status, substatus }
}

/** Says for the whole installation what a text means. Stored scans that have it are read again by a job. */
export const mapText = async (deps: Deps, { actor, ...meant }: Meant & { actor: Actor }): Promise<OwnTextRow> => {
  const own = readMeant(meant)
  return deps.db.transaction(async (tx) => {
    const now = await deps.clock(tx)
    const saved = await saveOwnText(tx, { ...own, setAt: now, setBy: actorName(actor), limit: ownTextsMax })
    if (!saved)
      throw conflict(`There are ${ownTextsMax} such texts already: hand them in (texts:export), or take some back.`)
    const detail = `${own.status}${own.substatus ? ` ${own.substatus}` : ''}`
    await recordAct(tx, { act: 'text.mapped', actor, organizationId: null, object: `text:${saved.id}`, detail, now })
    await readAgain(deps, tx)
    return saved
  })
}

/** Takes back what was said of a text; stored scans are read again. */
export const unmapText = (deps: Deps, { actor, id }: { actor: Actor; id: string }): Promise<void> =>
  deps.db.transaction(async (tx) => {
    const gone = await deleteOwnText(tx, id)
    if (!gone) throw notFound('There is no such text.')
    await recordAct(tx, {
      ...{ act: 'text.unmapped', actor, organizationId: null, object: `text:${id}`, detail: gone.status },
      now: await deps.clock(tx),
    })
    await readAgain(deps, tx)
  })

const readAgain = ({ boss }: Deps, tx: Tx) =>
  enqueue(boss, { name: 're-read', payload: {}, options: { startAfter: reReadAfterSeconds, sql: tx } })
