import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Outcome, Size } from '../family.ts'
import { drawChart } from './chart.ts'
import { type TableRow, toMarkdown } from './table.ts'

export const resultsDir = fileURLToPath(new URL('../../results', import.meta.url))
const docs = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url))

/** What figures depend on besides the product. */
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

/** Writes the result of a family and its chart. */
export const writeResult = async (dir: string, { outcome, ...run }: Run): Promise<void> => {
  await mkdir(dir, { recursive: true })
  const json = JSON.stringify({ ...run, ...outcome }, null, 2)
  await writeFile(join(dir, `${run.family}.json`), `${json}\n`)
  await writeFile(join(dir, `${run.family}.svg`), drawChart(run.family, outcome.arms))
}

const marked = /(<!-- the last full run -->\n)[\s\S]*?(\n<!-- end of the run -->)/

/** Puts the table of a full run into docs/performance.md. */
export const writeTable = async (rows: readonly TableRow[], at: Date, machine: Machine): Promise<void> => {
  const text = await readFile(docs, 'utf8')
  const { cpu, cores, memoryGiB, node, postgres } = machine
  const where = `${at.toISOString().slice(0, 10)}, ${cores} cores (${cpu}), ${memoryGiB} GiB, Node ${node}, PostgreSQL ${postgres}:`
  await writeFile(
    docs,
    text.replace(marked, (_all, begin, end) => `${begin}\n${where}\n\n${toMarkdown(rows)}\n${end}`),
  )
}
