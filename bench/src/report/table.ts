import type { Figure, Outcome } from '../family.ts'
import { boundText, goals, verdictOf } from '../goals.ts'

export type TableRow = { family: string; figure: string; must: string; aim: string; measured: string; verdict: string }

const shown = (value: number): string => {
  if (!Number.isFinite(value)) return 'not measured'
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en')
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

const toRow = (family: string, figure: Figure): TableRow => {
  if (!('goal' in figure)) {
    const measured = `${shown(figure.value)} ${figure.unit}`
    return { family, figure: figure.text, must: '', aim: '', measured, verdict: 'reported' }
  }
  const goal = goals[figure.goal]
  return {
    family,
    figure: goal.text,
    must: boundText(goal.must),
    aim: boundText(goal.aim),
    measured: shown(figure.value),
    verdict: verdictOf(figure.value, goal),
  }
}

export const toRows = (family: string, { figures }: Outcome): TableRow[] =>
  figures.map((figure) => toRow(family, figure))

const headings: TableRow = {
  family: 'Family',
  figure: 'Figure',
  must: 'Must hold',
  aim: 'Aim',
  measured: 'Measured',
  verdict: 'Verdict',
}
const columns = Object.keys(headings) as (keyof TableRow)[]

/** The rows in columns, for a terminal. */
export const toText = (rows: readonly TableRow[]): string => {
  const all = [headings, ...rows]
  const widths = columns.map((column) => Math.max(...all.map((row) => row[column].length)))
  const line = (row: TableRow) =>
    columns
      .map((column, at) => row[column].padEnd(widths[at]!))
      .join('  ')
      .trimEnd()
  return all.map(line).join('\n')
}

/** The rows as a table of Markdown. */
export const toMarkdown = (rows: readonly TableRow[]): string => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const cellsOf = (row: TableRow) => columns.map((column) => row[column])
  return [line(cellsOf(headings)), line(columns.map(() => '---')), ...rows.map((row) => line(cellsOf(row)))].join('\n')
}
