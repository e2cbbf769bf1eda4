import { row, type Sql } from '../../sql.ts'

/** Tells the instant by which what is written is decided. Inside a transaction it is read after whatever was waited for before. */
export type Clock = (sql: Sql) => Promise<Date>

/** What the database's own clock shows: the same one for all processes. */
export const readClock: Clock = async (sql) =>
  (await row<{ now: Date }>(sql, { name: 'clock', text: 'select clock_timestamp() as now' }))!.now
