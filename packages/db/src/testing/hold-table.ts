import pg from 'pg'

/** A table that no one else can use for now: a writer stops in the middle of its transaction. */
export type HeldTable = {
  /** The sessions of the given program that wait for it. */
  waiting: (applicationName: string) => Promise<number[]>
  /** Ends them, as a failover or an administrator does; tells how many. */
  cutWaiting: (applicationName: string) => Promise<number>
  letGo: () => Promise<void>
}

export const holdTable = async (url: string, table: string): Promise<HeldTable> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  await client.query('begin')
  await client.query(`lock table ${table} in access exclusive mode`)
  const listed = async (column: string, applicationName: string) => {
    // Within a transaction the first look at the activity is remembered.
    await client.query('select pg_stat_clear_snapshot()')
    const { rows } = await client.query<{ pid: number }>(
      `select ${column} from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and application_name = $1`,
      [applicationName],
    )
    return rows.map(({ pid }) => pid)
  }
  return {
    waiting: (applicationName) => listed('pid', applicationName),
    cutWaiting: async (applicationName) => (await listed('pid, pg_terminate_backend(pid)', applicationName)).length,
    letGo: () => client.end(),
  }
}
