import { loadConfig } from '@jejak/config'
import { createCheckDeps, type OpenCall, priorities, recordAnswer } from '@jejak/core/checking'
import type { ItemAnswer } from '@jejak/core/easyparcel'
import { readStoredScans } from '@jejak/core/parcels'
import { sameForAll } from '@jejak/core/settings'
import { insertOpenCall, nextCallId } from '@jejak/db'
import pino from 'pino'
import { seededParcel } from './changes.ts'
import type { SeededShop } from './seed.ts'
import { environmentOf } from './world.ts'

const leaseMs = 60_000

type Stored = { id: string; trackingNumber: string; events: string }

const storedSql = `
  select id::text, tracking_number as "trackingNumber", events::text from tracking_cache where id = any($1::bigint[]) order by id`

// The call as the gate leaves it: its slot taken, its parcels marked.
const openSql = `
  with held as (update connections set slots = array[$3::timestamptz] where id = $2)
  update tracking_schedule set call_id = $1, next_update_due = $3 where tracking_id = any($4::bigint[])`

const aScan = (now: Date) => ({
  at: now.toISOString(),
  rawAt: now.toISOString(),
  zoneGuessed: true,
  code: 4,
  text: 'Arrived at PUCHONG delivery station',
  location: 'Puchong',
  source: 'open' as const,
  position: 99,
})

/**
 * The product's own recording of answers. `prepare` opens a call of these parcels whose answer has a new scan for the first `changed` of them
 * and for the others what is stored; what it returns records that answer.
 */
export const createRecorder = (shop: SeededShop & { url: string }) => {
  const config = loadConfig(environmentOf(shop.url))
  const log = pino({ level: 'silent' })
  const deps = createCheckDeps({
    db: shop.db,
    config,
    ...sameForAll(config.tracking),
    installation: shop,
    log,
    now: () => new Date(),
  })

  const open = async (stored: readonly Stored[], now: Date): Promise<OpenCall> => {
    const { connectionId, organizationId } = shop
    const leaseUntil = new Date(now.getTime() + leaseMs)
    const call = { connectionId, organizationId, slot: 0, openedAt: now, leaseUntil, answerBy: leaseUntil }
    const id = await shop.db.transaction(async (tx) => {
      const next = await nextCallId(tx)
      const budgetDay = now.toISOString().slice(0, 10)
      await insertOpenCall(tx, {
        ...call,
        id: next,
        budgetDay,
        isManual: false,
        batchSize: stored.length,
        trackingIds: stored.map((row) => row.id),
      })
      await tx.query(openSql, [next, connectionId, leaseUntil, stored.map((row) => row.id)])
      return next
    })
    const trackings = stored.map((row) => ({
      trackingId: row.id,
      trackingNumber: row.trackingNumber,
      priority: priorities.scheduled,
      dueAt: now,
      wasDue: true,
    }))
    return { ...call, id, trackings, kind: 'regular', isProbe: false }
  }

  return {
    prepare: async (places: readonly number[], changed: number, now: Date) => {
      const ids = places.map((place) => seededParcel(place).id)
      const { rows } = await shop.db.sql.query<Stored>(storedSql, [ids])
      const call = await open(rows, now)
      const items = new Map(
        rows.map(({ trackingNumber, events }, at): [string, ItemAnswer] => {
          const known = readStoredScans(events, 'open')
          const scans = at < changed ? [...known, aScan(now)] : known
          return [trackingNumber, { kind: 'found', scans, isWhole: false }]
        }),
      )
      return async () => {
        const summary = await recordAnswer(deps, {
          call,
          answer: { items, requestId: null, httpStatus: 200, unread: [] },
        })
        if (summary.changed !== changed) throw new Error(`${summary.changed} parcels changed instead of ${changed}`)
      }
    },
  }
}
