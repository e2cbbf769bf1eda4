import { consoleActor as actor } from '@jejak/core/audit'
import { type RuleState, repairConsistency, verifyConsistency } from '@jejak/core/consistency'
import { readSettings } from '@jejak/core/settings'
import { readClock as clock, lastParcelId } from '@jejak/db'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { rowProgress } from '../progress/row-progress.ts'
import { renderRule } from '../render-rule.ts'

export const consistencyVerifyCommand = (context: CommandContext): Command =>
  new Command('consistency:verify')
    .description('looks whether counters, due times, documents and statuses are what they must be; exit code 1 if not')
    .option('--dry-run', 'only look (the default)')
    .option('--repair', 'put right what is wrong, then look again', false)
    .option('--json', 'print the rules as JSON', false)
    .addHelpText('after', '\nSafe while Jejak runs. Take a backup before you repair what you cannot explain.')
    .action(({ repair, dryRun, json }: { repair: boolean; dryRun?: boolean; json: boolean }) =>
      withInstallation(context, async ({ config, db, isDemo, signal }) => {
        const settings = await readSettings({ sql: db.sql, config })
        const last = await lastParcelId(db.sql)
        const progress = rowProgress(process.stderr, 'parcels read again')
        const onRead = (id: number) => progress.show(id, last)
        const deps = { ...settings, actor, db, clock, isDemo, onRead }
        const repaired = repair && !dryRun ? await repairConsistency(deps, signal) : null
        const rules = await verifyConsistency(deps, signal)
        progress.end()
        print(render(rules, repaired), json && { repaired, rules })
        if (rules.some(({ holds }) => !holds)) process.exitCode = 1
      }),
    )

const render = (rules: readonly RuleState[], repaired: Record<string, number> | null): string => {
  const broken = rules.filter(({ holds }) => !holds)
  return [
    ...rules.map((state) => renderRule(named(state))),
    ...Object.entries(repaired ?? {}).map(([rule, rows]) => `repaired ${rows}: ${rule}`),
    ...(repaired && Object.keys(repaired).length === 0 ? ['There was nothing to repair.'] : []),
    ...(repaired === null && broken.some(({ isRepairable }) => isRepairable) ? ['Add --repair to put it right.'] : []),
  ].join('\n')
}

/** What no program can put right says where a person finds out what to do. */
const named = (state: RuleState): RuleState =>
  state.holds || state.isRepairable ? state : { ...state, rule: `${state.rule} (for a person: see docs/database.md)` }
