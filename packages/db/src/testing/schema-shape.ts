/** What a schema promises, in words that read well in a diff: `status: 'tracking_status not null default'`. */
export type Shape = {
  readonly enums: Readonly<Record<string, readonly string[]>>
  readonly tables: Readonly<Record<string, TableShape>>
}

export type TableShape = {
  readonly columns: Readonly<Record<string, string>>
  readonly primaryKey: string
  readonly uniques: readonly string[]
  readonly foreignKeys: readonly string[]
  readonly indexes: readonly string[]
}

export const columnShape = (type: string, isRequired: boolean, hasDefault: boolean): string =>
  [type, isRequired ? 'not null' : '', hasDefault ? 'default' : ''].filter(Boolean).join(' ')

export const foreignKeyShape = (
  from: readonly string[],
  table: string,
  to: readonly string[],
  onDelete: string,
): string => `(${from.join(', ')}) to ${table} (${to.join(', ')}), on delete ${onDelete}`
