import { columnShape, foreignKeyShape, type Shape, type TableShape } from './schema-shape.ts'

// Reads as much of the Prisma language as our schema uses, and throws on anything it does not know.

const TYPES: Record<string, string> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Boolean: 'boolean',
  Float: 'double precision',
  Json: 'jsonb',
  SmallInt: 'smallint',
  Date: 'date',
  Timestamptz: 'timestamp with time zone',
  Uuid: 'uuid',
  ByteA: 'bytea',
}

type Block = {
  readonly kind: string
  readonly name: string
  readonly lines: readonly string[]
  readonly mapped: string
}
type Field = { readonly name: string; readonly type: string; readonly suffix: string; readonly rest: string }
type Names = { readonly blocks: ReadonlyMap<string, Block> }

const nameIn = (text: string, attribute: string): string | undefined =>
  text.match(new RegExp(`(?<!\\S)${attribute}\\("([^"]+)"\\)`))?.[1]

const readBlocks = (text: string): Block[] =>
  [...text.matchAll(/^(model|enum) (\w+) \{\n([^}]*)^\}/gm)].map(([, kind = '', name = '', body = '']) => {
    const lines = body.split('\n').map((line) => line.replace(/\s*\/\/.*$/, '').trim())
    return { kind, name, lines: lines.filter(Boolean), mapped: nameIn(body, '@@map') ?? name }
  })

const readFields = ({ lines }: Block): Field[] =>
  lines
    .filter((line) => !line.startsWith('@@'))
    .map((line) => {
      const [, name, type, suffix = '', rest = ''] = line.match(/^(\w+)\s+(\w+)(\?|\[\])?(?:\s+(.*))?$/) ?? []
      if (!name || !type) throw new Error(`This line of schema.prisma cannot be read: ${line}`)
      return { name, type, suffix, rest }
    })

const columnOf = (block: Block, fieldName: string): string => {
  const field = readFields(block).find(({ name }) => name === fieldName)
  if (!field) throw new Error(`${block.name} has no field ${fieldName}`)
  return nameIn(field.rest, '@map') ?? field.name
}

const columnsIn = (block: Block, list: string): string[] => list.split(',').map((name) => columnOf(block, name.trim()))

const sqlType = ({ type, suffix, rest }: Field, { blocks }: Names): string => {
  const known = rest.match(/@db\.(\w+)/)?.[1] ?? type
  const sql = TYPES[known] ?? (blocks.get(known)?.kind === 'enum' ? blocks.get(known)?.mapped : undefined)
  if (!sql) throw new Error(`The type ${known} of schema.prisma has no known type in PostgreSQL`)
  return suffix === '[]' ? `${sql}[]` : sql
}

const listsOf = (block: Block, attribute: string): string[] =>
  block.lines.flatMap((line) => line.match(new RegExp(`^${attribute}\\(\\[([^\\]]+)\\]`))?.[1] ?? [])

const foreignKeyOf = (block: Block, field: Field, { blocks }: Names): string[] => {
  const relation = field.rest.match(/@relation\(fields: \[([^\]]+)\], references: \[([^\]]+)\], onDelete: (\w+)/)
  const target = blocks.get(field.type)
  if (!relation || !target) return []
  const [, from = '', to = '', onDelete = ''] = relation
  return [foreignKeyShape(columnsIn(block, from), target.mapped, columnsIn(target, to), onDelete)]
}

const tableShape = (block: Block, names: Names): TableShape => {
  const fields = readFields(block)
  const columns = fields.filter(({ type }) => names.blocks.get(type)?.kind !== 'model')
  const flagged = (attribute: RegExp) => columns.filter(({ rest }) => attribute.test(rest)).map(({ name }) => name)
  const inColumns = (lists: readonly string[]) => lists.map((list) => columnsIn(block, list).join(', ')).sort()
  return {
    columns: Object.fromEntries(
      columns.map((field) => [
        columnOf(block, field.name),
        columnShape(sqlType(field, names), field.suffix !== '?', /@default\(/.test(field.rest)),
      ]),
    ),
    primaryKey: inColumns([...flagged(/@id(?!\w)/), ...listsOf(block, '@@id')]).join(),
    uniques: inColumns([...flagged(/@unique(?!\w)/), ...listsOf(block, '@@unique')]),
    foreignKeys: fields.flatMap((field) => foreignKeyOf(block, field, names)).sort(),
    indexes: inColumns(listsOf(block, '@@index')),
  }
}

/** The shape that a schema.prisma promises. */
export const prismaShape = (text: string): Shape => {
  const all = readBlocks(text)
  const names = { blocks: new Map(all.map((block) => [block.name, block])) }
  const ofKind = (kind: string) => all.filter((block) => block.kind === kind)
  return {
    enums: Object.fromEntries(
      ofKind('enum').map(({ mapped, lines }) => [mapped, lines.filter((line) => !line.startsWith('@@'))]),
    ),
    tables: Object.fromEntries(ofKind('model').map((block) => [block.mapped, tableShape(block, names)])),
  }
}
