type Held = {
  bigint: string
  smallint: number
  int: number
  text: string
  update_kind: string
  timestamptz: Date
  date: string
  boolean: boolean
}
type Holds<Type> = Type extends `${infer Full extends keyof Held}?` ? Held[Full] | null : Held[Type & keyof Held]

/** What a row holds whose columns have these types, `?` where they may be empty. */
export type RowOf<Types> = { -readonly [Name in keyof Types]: Holds<Types[Name]> }

/** The column of a field: `calls_used` holds `callsUsed`. */
export const columnOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** These columns of a table as the fields of a row. */
export const columnsOf = (table: string, names: readonly string[]): string =>
  names.map((name) => `${table}.${columnOf(name)} as "${name}"`).join(', ')
