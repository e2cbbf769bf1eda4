import type { Figure, Outcome, Size } from '../family.ts'
import { boundText, goals, verdictOf } from '../goals.ts'
import { spreadOf } from '../statistics.ts'

export type TableRow = {
  family: string
  figure: string
  must: string
  aim: string
  measured: string
  spread: string
  rounds: string
  verdict: string
}

const shown = (value: number): string => {
  if (!Number.isFinite(value)) return 'not measured'
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en')
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

const shownSpread = (figure: Figure): string => {
  if ((figure.rounds?.length ?? 1) < 2) return ''
  const { lowest, highest } = spreadOf(figure)
  return `${shown(lowest)}–${shown(highest)}`
}

const toRow = (family: string, figure: Figure): TableRow => {
  const spread = { spread: shownSpread(figure), rounds: String(figure.rounds?.length ?? 1) }
  if (!('goal' in figure)) {
    const measured = `${shown(figure.value)} ${figure.unit}`
    return { family, figure: figure.text, must: '', aim: '', measured, ...spread, verdict: 'reported' }
  }
  const goal = goals[figure.goal]
  return {
    family,
    figure: goal.text,
    must: boundText(goal.must),
    aim: boundText(goal.aim),
    measured: shown(figure.value),
    ...spread,
    verdict: verdictOf(figure, goal),
  }
}

export const toRows = (family: string, { figures }: Outcome): TableRow[] =>
  figures.map((figure) => toRow(family, figure))

/** How the run was measured, in words. */
export const sizeText = ({ rounds, seconds, connections }: Size): string =>
  `${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${seconds} s a measurement, ${connections} connections, where a row says nothing else`

const headings: TableRow = {
  family: 'Family',
  figure: 'Figure',
  must: 'Must hold',
  aim: 'Aim',
  measured: 'Measured',
  spread: 'Lowest–highest',
  rounds: 'Rounds',
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
