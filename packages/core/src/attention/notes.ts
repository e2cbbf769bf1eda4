import type { CasesAnswer, UndoRef } from '@jejak/contract'
import { addNotes, type Clock, type Db, deleteNotes, findTracking, listNotes, lockShopParcel } from '@jejak/db'
import { type Actor, actorName } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { conflict, noSuchTracking, notFound } from '../errors.ts'
import { keepUndo } from '../undo/index.ts'
import { objectOf } from './change-cases.ts'
import { atOnce, leftOver, lockCases, type WhichCases } from './locked-cases.ts'

/** So many notes a parcel can have. */
export const notesMax = 50

type NotesDeps = { db: Pick<Db, 'ofShop'>; clock: Clock }
type Asked = { actor: Actor; organizationId: string }

export type Note = { id: string; at: string; by: string; text: string }

/** The notes on a parcel, newest first. */
export const listParcelNotes = async (
  { db }: Pick<NotesDeps, 'db'>,
  { organizationId, trackingId }: { organizationId: string; trackingId: string },
): Promise<Note[]> => {
  const { sql } = db.ofShop(organizationId)
  const [parcel, notes] = await Promise.all([findTracking(sql, trackingId), listNotes(sql, [trackingId])])
  if (!parcel) throw noSuchTracking()
  return notes.map(({ id, at, author: by, text }) => ({ id, at: at.toISOString(), by, text }))
}

/** Adds a note to a parcel. */
export const addNote = (
  { db, clock }: NotesDeps,
  { actor, organizationId, trackingId, text }: Asked & { trackingId: string; text: string },
): Promise<Note & { trackingNumber: string; undo: UndoRef }> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const [parcel, now] = await Promise.all([lockShopParcel(tx, { organizationId, trackingId }), clock(tx)])
    if (!parcel) throw noSuchTracking()
    const by = actorName(actor)
    const [added] = await addNotes(tx, { trackingIds: [trackingId], at: now, author: by, text, max: notesMax })
    if (!added) throw conflict(`This parcel has ${notesMax} notes already: remove one first.`)
    await recordAct(tx, { act: 'note.added', actor, organizationId, object: `parcel:${trackingId}`, now })
    const undo = await keepUndo(tx, {
      ...{
        actor,
        now,
        act: 'note.added',
        permission: 'notes:write',
        amount: 1,
        kind: 'notes',
        was: { ids: [added.id] },
      },
    })
    // Its number names the answer, so that erasing the parcel empties a kept copy of it.
    return { id: added.id, trackingNumber: parcel.trackingNumber, at: now.toISOString(), by, text, undo }
  })

/** Adds the same note to each case. */
export const noteCases = (
  { db, clock }: NotesDeps,
  { actor, organizationId, which, text }: Asked & { which: WhichCases; text: string },
): Promise<CasesAnswer> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const now = await clock(tx)
    const { open, notOpen, isComplete } = await lockCases(tx, { which, now, limit: atOnce.simple })
    const trackingIds = open.map(({ parcel }) => parcel.id)
    const added = await addNotes(tx, { trackingIds, at: now, author: actorName(actor), text, max: notesMax })
    const left = leftOver({ not_open: notOpen, full: open.length - added.length })
    if (added.length === 0) return { done: 0, left, isComplete, undo: null }
    await recordAct(tx, { act: 'note.added', actor, organizationId, now, ...objectOf(open) })
    const undo = await keepUndo(tx, {
      ...{ actor, now, act: 'note.added', permission: 'notes:write', amount: added.length, kind: 'notes' },
      was: { ids: added.map(({ id }) => id) },
    })
    return { done: added.length, left, isComplete, undo }
  })

/** Removes a note. */
export const removeNote = (
  { db, clock }: NotesDeps,
  { actor, organizationId, trackingId, noteId }: Asked & { trackingId: string; noteId: string },
): Promise<void> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    if ((await deleteNotes(tx, { ids: [noteId], trackingId })) === 0)
      throw notFound('This parcel has no note with this id.')
    const now = await clock(tx)
    await recordAct(tx, { act: 'note.removed', actor, organizationId, object: `parcel:${trackingId}`, now })
  })
