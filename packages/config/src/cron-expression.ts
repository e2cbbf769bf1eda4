type Field = { min: number; max: number; names?: readonly string[] }

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const SECONDS: Field = { min: 0, max: 59 }
const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 7, names: WEEKDAYS },
]

const isValue = (text: string, { min, max, names = [] }: Field): boolean =>
  /^\d{1,2}$/.test(text) ? Number(text) >= min && Number(text) <= max : names.includes(text.toLowerCase())

const isItem = (item: string, field: Field): boolean => {
  const [range = '', step, ...more] = item.split('/')
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d?$/.test(step))) return false
  if (range === '*') return true
  const ends = range.split('-')
  if (ends.length > 2 || !ends.every((end) => isValue(end, field))) return false
  const [from, to] = ends.map(Number)
  return from === undefined || to === undefined || Number.isNaN(from + to) || from <= to
}

/** Whether a text is a cron expression of five fields, or six when it begins with seconds. */
export const isCronExpression = (text: string): boolean => {
  const parts = text.trim().split(/\s+/)
  const fields = parts.length === 6 ? [SECONDS, ...FIELDS] : FIELDS
  return (
    parts.length === fields.length &&
    parts.every((part, index) => part.split(',').every((item) => isItem(item, fields[index]!)))
  )
}
