import { measureDeployment } from './families/deployment.ts'
import { families } from './families.ts'
import { laterGoals } from './goals.ts'
import { type Options, readOptions, usage } from './options.ts'
import { sizeText, type TableRow, toRows, toText } from './report/table.ts'
import { describeMachine, resultsDir, writeResult, writeTable } from './report/write-results.ts'
import { createWorld } from './world/world.ts'

const report = (line: string) => console.error(line)

const familyList = () => Object.entries(families).map(([name, { about }]) => `  ${name.padEnd(20)} ${about}`)

const chosen = ({ names }: Options): string[] => {
  const unknown = names.filter((name) => !(name in families))
  if (unknown.length > 0)
    throw new Error(`There is no family ${unknown.join(', ')}: ${Object.keys(families).join(', ')}.`)
  return names.length > 0 ? names : Object.keys(families)
}

/** Runs families one after the other on one Postgres; returns the rows of their table. */
const runFamilies = async (options: Options): Promise<TableRow[]> => {
  const names = chosen(options)
  const { size } = options
  const dir = options.out ?? (size.isQuick ? undefined : resultsDir)
  const rows: TableRow[] = []
  const world = await createWorld()
  const machine = describeMachine(world.postgres)
  const at = new Date()
  try {
    for (const family of names) {
      const { about, run } = families[family]!
      const before = { at: new Date(), machine: describeMachine(world.postgres) }
      const begunAt = performance.now()
      report(`${family}: ${about}`)
      const outcome = await run({ world, size, report: (line) => report(`  ${line}`) })
      report(`  took ${Math.round((performance.now() - begunAt) / 1000)} s`)
      for (const note of outcome.notes ?? []) report(`  ${note}`)
      rows.push(...toRows(family, outcome))
      if (dir) await writeResult(dir, { family, about, ...before, size, outcome })
    }
    if (!size.isQuick && options.names.length === 0) await writeTable(rows, { at, machine, size })
  } finally {
    await world.close()
  }
  return rows
}

const start = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') {
    console.log([usage, ...familyList()].join('\n'))
    return
  }
  if (options.deployment) {
    const outcome = await measureDeployment(options.deployment, options.size, report)
    console.log(`${sizeText(options.size)}:\n\n${toText(toRows('deployment', outcome))}`)
    return
  }
  const rows = await runFamilies(options)
  console.log(`${sizeText(options.size)}:\n\n${toText(rows)}`)
  console.log(`\nLater: ${laterGoals.join(' · ')}`)
  process.exitCode = !options.size.isQuick && rows.some(({ verdict }) => verdict === 'MISSED') ? 1 : 0
}

await start().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 2
})
