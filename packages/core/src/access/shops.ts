import { type Db, type DefaultConnection, insertShop } from '@jejak/db'
import { conflict } from '../errors.ts'

/** Creates a shop with an EasyParcel account that is yet to be connected. Rejects with a refusal when the slug is taken. */
export const createShop = (
  { db }: { db: Pick<Db, 'transaction'> },
  { slug, name, api }: { slug: string; name: string; api: 'open' | 'classic' },
): Promise<DefaultConnection> =>
  db.transaction(async (tx) => {
    const created = await insertShop(tx, { slug, name, api })
    if (!created) throw conflict(`There is a shop with the slug ${slug} already.`)
    return created
  })
