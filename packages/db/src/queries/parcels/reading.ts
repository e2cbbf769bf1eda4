import { row, run, type Sql } from '../../sql.ts'

/** With which rules all stored scans were read last, and how far a pass with others has come. */
export type ReadingState = { readWith: string | null; reReadingWith: string | null; reReadAfter: string }

export const findReading = (sql: Sql) =>
  row<ReadingState>(
    sql,
    `select read_with as "readWith", re_reading_with as "reReadingWith", re_read_after::text as "reReadAfter" from installation where id = 1`,
  )

/** `after` null: every parcel was read with these rules. */
export const saveReading = (sql: Sql, { version, after }: { version: string; after: string | null }) =>
  run(sql, {
    text: `update installation
        set read_with = case when $2::bigint is null then $1 else read_with end,
            re_reading_with = case when $2::bigint is null then null else $1 end, re_read_after = coalesce($2, 0)
      where id = 1`,
    values: [version, after],
  })
