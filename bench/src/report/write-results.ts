import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figure, Outcome, Size } from '../family.ts'
import { goals, verdictOf } from '../goals.ts'
import { spreadOf } from '../statistics.ts'
import { drawChart } from './chart.ts'
import { sizeText, type TableRow, toMarkdown } from './table.ts'

export const resultsDir = fileURLToPath(new URL('../../results', import.meta.url))
const docs = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url))

/** What figures depend on besides the product, as it is now: called before a family begins, it tells who else uses the machine. */
export const describeMachine = (postgres: string) => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  postgres,
  loadBefore: loadavg()[0],
})
export type Machine = ReturnType<typeof describeMachine>

export type Run = { family: string; about: string; at: Date; machine: Machine; size: Size; outcome: Outcome }

const judged = (figure: Figure) => ({
  ...figure,
  ...spreadOf(figure),
  verdict: 'goal' in figure ? verdictOf(figure, goals[figure.goal]) : 'reported',
})

/** Writes the result of a family and its chart. */
export const writeResult = async (dir: string, { outcome, ...run }: Run): Promise<void> => {
  await mkdir(dir, { recursive: true })
  const json = JSON.stringify({ ...run, ...outcome, figures: outcome.figures.map(judged) }, null, 2)
  await writeFile(join(dir, `${run.family}.json`), `${json}\n`)
  await writeFile(join(dir, `${run.family}.svg`), drawChart(run.family, outcome.arms))
}

const marked = /(<!-- the last full run -->\n)[\s\S]*?(\n<!-- end of the run -->)/

/** Puts the table of a full run into docs/performance.md. `machine` as it was before the run. */
export const writeTable = async (
  rows: readonly TableRow[],
  { at, machine, size }: Pick<Run, 'at' | 'machine' | 'size'>,
): Promise<void> => {
  const text = await readFile(docs, 'utf8')
  const { cpu, cores, memoryGiB, node, postgres, loadBefore = 0 } = machine
  const where = `${at.toISOString().slice(0, 10)}, ${cores} cores (${cpu}), ${memoryGiB} GiB, Node ${node}, PostgreSQL ${postgres}, load before ${loadBefore.toFixed(1)}.`
  const how = `${sizeText(size)}.`
  await writeFile(
    docs,
    text.replace(marked, (_all, begin, end) => `${begin}\n${where}\n${how}\n\n${toMarkdown(rows)}\n${end}`),
  )
}
