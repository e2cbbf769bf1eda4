import { systemActor } from '@jejak/core/changes'
import { normaliseOpen } from '@jejak/core/easyparcel'
import { archiveEnded, retireBatch } from '@jejak/core/retention'
import { listTrackings, saveDailyReports } from '@jejak/db'
import type { Family } from '../family.ts'
import { usualLongestBlock } from '../longest-block.ts'
import { alternate } from '../rounds.ts'
import { ofRounds, ratios } from '../statistics.ts'
import { several, timed } from '../timed.ts'
import { firstNumber, type SeededShop, sampleEvents } from '../world/seed.ts'
import { withParcels } from '../world/with-database.ts'

const connections = 20
const dayMs = 86_400_000
const dayOf = (at: Date) => at.toISOString().slice(0, 10)

// Of a thousand: 300 archived, 500 delivered (half of them long ago), one in trouble, the rest on their way; over 20 accounts.
const lifeSql = `
  with accounts as (
    insert into connections (organization_id, api) select $1, 'open' from generate_series(2, ${connections}) returning id)
  update tracking_cache t
     set connection_id = coalesce((select id from accounts offset t.id % ${connections} limit 1), t.connection_id),
         status = case when t.id % 10 < 8 then 'delivered' when t.id % 1000 = 999 then 'exception' else 'in_transit' end,
         ended_at = case when t.id % 10 < 8 then $2::timestamptz - (case when t.id % 10 < 5 then 200 else 20 end) * interval '1 day' end,
         archived_at = case when t.id % 10 < 3 then $2::timestamptz end,
         changed_at = $2::timestamptz - (t.id % 100000) * interval '1 second'`

const scheduleSql = `
  with gone as (delete from tracking_schedule s using tracking_cache t where t.id = s.tracking_id and t.archived_at is not null)
  update tracking_schedule s
     set connection_id = t.connection_id, next_update_due = case when t.ended_at is null then s.next_update_due end
    from tracking_cache t where t.id = s.tracking_id and t.archived_at is null`

const callsSql = `
  insert into api_calls (organization_id, connection_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size, closed_at, outcome, found, changed, duration_ms)
  select c.organization_id, c.id, $1::date - back, false, 0, $1::date - back, $1::date - back, 50, $1::date - back, 'ok', 50, 5, 400
    from connections c cross join generate_series(1, 7) as back cross join generate_series(1, 1000)`

const liveThrough = async ({ db, organizationId }: SeededShop, now: Date): Promise<void> => {
  await db.sql.query(lifeSql, [organizationId, now])
  await db.sql.query(scheduleSql)
  await db.sql.query(callsSql, [dayOf(now)])
  for (const table of ['tracking_cache', 'tracking_schedule', 'api_calls'])
    await db.sql.query(`vacuum analyze ${table}`)
  await db.sql.query('checkpoint')
}

const asked = Array.from({ length: 50 }, (_, place) => String(firstNumber + place))
/** An answer as its body was parsed: 50 parcels with 12 scans each. The texts are the usual ones, or such as no one has ever read. */
const anAnswer = (now: Date, newWords = '') => ({
  data: {
    results: asked.map((awb_number, parcel) => ({
      awb_number,
      status: 'success',
      status_log: [...sampleEvents(now), ...sampleEvents(new Date(now.getTime() - dayMs)).slice(0, 2)].map(
        ({ at, code, text, location }, place) => ({
          event_date: at,
          shipment_status_code: code,
          tracking_status: newWords ? `${text} ${newWords} ${parcel} ${place}` : text,
          location,
        }),
      ),
    })),
  },
})

/** Whether what is done for all parcels at once, and the lists over them, stay within bounds at a million. */
export const million: Family = {
  about: 'daily report, archiving and a page of one status at 1 M parcels and 20 accounts; reading an answer',
  run: (bench) => {
    const { isQuick, rounds } = bench.size
    const parcels = isQuick ? 5_000 : 1_000_000
    const now = new Date()
    return withParcels(bench, { name: 'million', parcels, now, withDocuments: !isQuick }, async (shop) => {
      bench.report('giving them lives')
      await liveThrough(shop, now)
      const { db, organizationId } = shop
      const page = { statuses: ['exception'], sort: '-changed', limit: 51 } as const
      const reading = { asked, now, defaultZone: '+08:00', httpStatus: 200, requestId: null }
      const answer = anAnswer(now)
      let answers = 0
      const aRead = () =>
        db.sql.query({
          name: 'one',
          text: 'select * from tracking_cache where id = $1',
          values: [1 + Math.floor(Math.random() * parcels)],
        })
      const arms = await alternate(
        {
          read: () => several(100, aRead),
          report: () =>
            timed(() => saveDailyReports(db.sql, { day: dayOf(new Date(now.getTime() - dayMs)), missed: [] })),
          archive: () =>
            timed(() =>
              archiveEnded(
                { db },
                { actor: systemActor, now, olderThan: new Date(now.getTime() - 90 * dayMs), limit: retireBatch },
              ),
            ),
          page: () => several(5, () => listTrackings(db.ofShop(organizationId).sql, page)),
          answer: () => usualLongestBlock(() => () => normaliseOpen(answer, reading)),
          newAnswer: () =>
            usualLongestBlock(() => {
              const neverRead = anAnswer(now, `never read ${answers++}`)
              return () => normaliseOpen(neverRead, reading)
            }),
        },
        rounds,
        bench.report,
      )
      return {
        arms: Object.entries(arms).map(([name, values]) => ({ name, unit: 'ms', values })),
        figures: [
          { goal: 'daily report', ...ofRounds(arms.report) },
          { goal: 'archive batch', ...ofRounds(arms.archive) },
          { goal: 'status page', ...ofRounds(arms.page) },
          { goal: 'reading an answer', ...ofRounds(arms.answer) },
          { goal: 'reading a new answer', ...ofRounds(arms.newAnswer) },
          { text: 'daily report ÷ a read by primary key', ...ofRounds(ratios(arms.report, arms.read)), unit: '×' },
          { text: `archiving ${retireBatch} ÷ that read`, ...ofRounds(ratios(arms.archive, arms.read)), unit: '×' },
          { text: 'page of a rare status ÷ that read', ...ofRounds(ratios(arms.page, arms.read)), unit: '×' },
        ],
      }
    })
  },
}
