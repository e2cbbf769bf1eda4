import type { Sql } from '../sql.ts'
import { columnShape, foreignKeyShape, type Shape, type TableShape } from './schema-shape.ts'

type ColumnRow = { table: string; column: string; type: string; required: boolean; defaulted: boolean }
type KeyRow = {
  table: string
  kind: 'p' | 'u' | 'f' | 'i'
  columns: string[]
  target: string
  to: string[]
  onDelete: string
}
type EnumRow = { name: string; labels: string[] }

const COLUMNS = `
  select c.relname as "table", a.attname as "column", format_type(a.atttypid, a.atttypmod) as type,
         a.attnotnull as required, a.atthasdef or a.attidentity <> '' as defaulted
    from pg_attribute a join pg_class c on c.oid = a.attrelid
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> '_prisma_migrations'
     and a.attnum > 0 and not a.attisdropped`

const CONSTRAINTS = `
  select con.conrelid::regclass::text as "table", con.contype::text as kind,
         array(select a.attname::text from unnest(con.conkey) with ordinality k(n, i)
                 join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.n order by k.i) as columns,
         con.confrelid::regclass::text as target,
         array(select a.attname::text from unnest(con.confkey) with ordinality k(n, i)
                 join pg_attribute a on a.attrelid = con.confrelid and a.attnum = k.n order by k.i) as "to",
         case con.confdeltype when 'a' then 'NoAction' when 'c' then 'Cascade' when 'r' then 'Restrict' when 'n' then 'SetNull' else '' end as "onDelete"
    from pg_constraint con
   where con.connamespace = 'public'::regnamespace and con.contype in ('p', 'u', 'f')`

// Prisma has no words for partial indexes and indexes on expressions: those live in SQL alone.
const INDEXES = `
  select i.indrelid::regclass::text as "table", case when i.indisunique then 'u' else 'i' end as kind,
         array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality k(n, o)
                 join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n order by k.o) as columns,
         '' as target, '{}'::text[] as "to", '' as "onDelete"
    from pg_index i join pg_class c on c.oid = i.indexrelid
   where c.relnamespace = 'public'::regnamespace and i.indpred is null and i.indexprs is null
     and not exists (select from pg_constraint where conindid = i.indexrelid and contype in ('p', 'u'))`

const ENUMS = `
  select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as labels
    from pg_type t join pg_enum e on e.enumtypid = t.oid
   where t.typnamespace = 'public'::regnamespace group by 1`

const tableShape = (columns: readonly ColumnRow[], keys: readonly KeyRow[]): TableShape => {
  const listed = (kind: KeyRow['kind']) =>
    keys
      .filter((key) => key.kind === kind)
      .map((key) => key.columns.join(', '))
      .sort()
  return {
    columns: Object.fromEntries(
      columns.map(({ column, type, required, defaulted }) => [column, columnShape(type, required, defaulted)]),
    ),
    primaryKey: listed('p').join(),
    uniques: listed('u'),
    foreignKeys: keys
      .filter(({ kind }) => kind === 'f')
      .map((key) => foreignKeyShape(key.columns, key.target, key.to, key.onDelete))
      .sort(),
    indexes: listed('i'),
  }
}

/** The shape that a database has. */
export const databaseShape = async (sql: Sql): Promise<Shape> => {
  const { rows: columns } = await sql.query<ColumnRow>(COLUMNS)
  const { rows: keys } = await sql.query<KeyRow>(`${CONSTRAINTS} union all ${INDEXES}`)
  const { rows: enums } = await sql.query<EnumRow>(ENUMS)
  return {
    enums: Object.fromEntries(enums.map(({ name, labels }) => [name, labels])),
    tables: Object.fromEntries(
      [...Map.groupBy(columns, ({ table }) => table)].map(([table, members]) => [
        table,
        tableShape(
          members,
          keys.filter((key) => key.table === table),
        ),
      ]),
    ),
  }
}
