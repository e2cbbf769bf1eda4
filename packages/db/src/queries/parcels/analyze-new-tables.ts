import { run, type Sql } from '../../sql.ts'

const manyParcels = 100

/**
 * Has a new database look at its tables once many parcels came: without, the foreign keys of 250 more took 425 ms at 3,000 parcels instead of 3, and ever
 * more. A transaction of its own, since its locks would hold up others.
 */
export const analyzeNewTables = async (sql: Sql, added: number): Promise<void> => {
  if (added >= manyParcels) await run(sql, 'select analyze_new_tables()')
}
