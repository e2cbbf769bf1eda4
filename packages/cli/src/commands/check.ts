import { clockComplaint, clockDifference, clockIsOff, findsNone } from '@jejak/core/checking/overview'
import {
  type BrokenRule,
  consistencyQueries,
  type Db,
  fenceIsOff,
  findBrokenRules,
  listConnections,
  readClock,
} from '@jejak/db'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withDatabase } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { renderRule } from '../render-rule.ts'

export const checkCommand = (context: CommandContext): Command =>
  new Command('check')
    .description('checks the rules that span several tables; exit code 1 if one is broken')
    .option('--json', 'print the rules as JSON', false)
    .action(({ json }: { json: boolean }) =>
      withDatabase(context, async ({ base, db }) => {
        if (!base.database.isFenced) note(fenceIsOff)
        const found = await findBrokenRules(db.sql, await readClock(db.sql))
        const differenceMs = await clockDifference({ sql: db.sql, clock: readClock, now: context.now })
        if (clockIsOff(differenceMs))
          found.push({ rule: clockRule, examples: [{ found: clockComplaint(differenceMs) }] })
        found.push(...(await strangers(db)))
        const broken = new Map(found.map((one) => [one.rule, one.examples]))
        const rules = [...Object.keys(consistencyQueries), clockRule, accountRule].map((rule) => {
          const examples = broken.get(rule) ?? []
          return { rule, holds: examples.length === 0, examples }
        })
        print(rules.map(renderRule).join('\n'), json && rules)
        if (broken.size > 0) process.exitCode = 1
      }),
    )

const clockRule = 'the clock of this machine agrees with that of the database to a minute'

const accountRule = 'EasyParcel still knows the parcels of each connection'

const strangers = async ({ sql }: Pick<Db, 'sql'>): Promise<BrokenRule[]> => {
  const examples = (await listConnections(sql, { shop: 'all' }))
    .filter(findsNone)
    .map(({ id, lastFailure }) => ({ id, found: lastFailure }))
  return examples.length > 0 ? [{ rule: accountRule, examples }] : []
}
