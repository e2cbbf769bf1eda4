import {
  type ChangeEntry,
  findNumber,
  findPastLives,
  type ParcelRow,
  type ParcelWrite,
  restartSchedule,
  type ShopTx,
} from '@jejak/db'
import { attentionEntries } from '../changes/index.ts'
import { conflict, type Refusal } from '../errors.ts'
import { lastScanAt, readStoredScans } from '../parcels/index.ts'

type Correcting = { row: ParcelRow; to: string; now: Date }
type Corrected = { write: Omit<ParcelWrite, 'id'> & { trackingNumber: string }; entries: ChangeEntry[] }

export const numberTaken = (): Refusal => conflict('The shop has a parcel with this number already.')

/**
 * Gives a parcel another number while nothing was found for the one that it has: it counts as registered now, and is asked about as a new one is. What
 * was found belongs to its number, so after that the right number is a parcel of its own.
 */
export const correctNumber = async (tx: ShopTx, { row, to, now }: Correcting): Promise<Corrected> => {
  if (row.confirmedAt !== null || row.events !== '[]')
    throw conflict('EasyParcel knows this number, so it stays: register the right number as a parcel of its own.')
  if (row.archivedAt !== null) throw conflict('This parcel is archived: register the right number.')
  if (await findNumber(tx, to)) throw numberTaken()
  const { organizationId } = tx
  const [past] = await findPastLives(tx, { organizationId, trackingNumbers: [to] })
  const countsFrom = past ? lastScanAt(readStoredScans(past.events, past.api), { since: past.endedAt, now }) : null
  await restartSchedule(tx, { trackingId: row.id, now })
  return {
    write: {
      ...{
        trackingNumber: to,
        registeredAt: now,
        bookedAt: row.bookedAt ?? row.registeredAt,
        countsFrom,
        status: 'pending',
        substatus: null,
        endedAt: null,
      },
      ...{ attentionReason: null, attentionSeenAt: null },
    },
    entries: attentionEntries(row.attentionReason, null),
  }
}
