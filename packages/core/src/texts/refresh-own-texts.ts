import { isDeepStrictEqual } from 'node:util'
import type { Substatus, TrackingStatus } from '@jejak/contract'
import { listOwnTexts, type OwnTextRow, type Sql } from '@jejak/db'
import { type OwnText, ownTexts, useOwnTexts } from '../easyparcel/texts/own-texts.ts'

export const toOwnText = ({ text, status, substatus }: OwnTextRow): OwnText => ({
  text,
  status: status as TrackingStatus,
  substatus: substatus as Substatus | null,
})

/** Has this process read texts as the installation says by now. */
export const refreshOwnTexts = async (sql: Sql): Promise<void> => {
  const texts = (await listOwnTexts(sql)).map(toOwnText)
  if (!isDeepStrictEqual(texts, [...ownTexts().values()])) useOwnTexts(texts)
}
