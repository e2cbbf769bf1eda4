import { openForeignTable } from '@jejak/db'
import type { Source } from './source.ts'

type Opening = { url: string; query: string; key: string; statementTimeoutMs: number; connectTimeoutMs: number }

/** The rows of a query in another database, in the order of their keys. */
export const openPostgresSource = async (opening: Opening): Promise<Source> => {
  const { hash, columns, rows, read, close } = await openForeignTable(opening)
  return {
    ...{ kind: 'postgres', hash, columns, rows, close },
    readBehind: async function* (position) {
      for await (const cells of read(position)) {
        const key = cells[opening.key]!
        yield { position: key, key, cells }
      }
    },
  }
}
