import type { Counters } from '@jejak/core/counting'
import { findShopDocuments, findTrackingDocuments, type Sql, type TrackingDocumentRow } from '@jejak/db'
import { createBatchReader } from './batch-reader.ts'

/** Finds public documents: one shop's parcel when its slug is given, else the one that the number shows to anyone. */
export type DocumentReader = {
  find: (trackingNumber: string, shop?: string | undefined) => Promise<TrackingDocumentRow | undefined>
}

type Reading = { connections: number; counters?: Pick<Counters, 'lookUp' | 'statement'> }

export const createDocumentReader = (sql: Sql, { connections, counters }: Reading): DocumentReader => {
  const ofAnyone = createBatchReader({
    read: (asked: { trackingNumber: string }[]) => {
      counters?.statement()
      return findTrackingDocuments(
        sql,
        asked.map(({ trackingNumber }) => trackingNumber),
      )
    },
    keyOf: ({ trackingNumber }) => trackingNumber,
    connections,
  })
  const ofShop = createBatchReader({
    read: (asked: { trackingNumber: string; shop: string }[]) => {
      counters?.statement()
      return findShopDocuments(sql, asked)
    },
    keyOf: ({ shop, trackingNumber }) => `${shop}/${trackingNumber}`,
    connections,
  })
  return {
    find: (trackingNumber, shop) => {
      counters?.lookUp()
      return shop === undefined ? ofAnyone.find({ trackingNumber }) : ofShop.find({ trackingNumber, shop })
    },
  }
}
