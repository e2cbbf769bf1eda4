import { configWarnings } from '@jejak/config'
import { FenceError, isRoleRefused, withoutValues } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { database, databaseProbes, fence } from '../doctor/database-probes.ts'
import { lookAtSettings, outsideProbes } from '../doctor/outside-probes.ts'
import { type Line, type Probe, runProbes, states } from '../doctor/probe.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { baseConfig } from '../start/base-config.ts'

export const doctorCommand = (context: CommandContext): Command =>
  new Command('doctor')
    .description('looks at everything a deployment needs; exit code 1 if something fails. Changes nothing')
    .option('--offline', 'ask neither EasyParcel nor the public address', false)
    .option('--json', 'print the findings as JSON', false)
    .action(async ({ offline, json }: { offline: boolean; json: boolean }) => {
      const lines = await examine(
        context,
        offline ? outsideProbes.filter(({ name }) => name === 'disk') : outsideProbes,
      )
      print(render(lines), json && lines)
      if (lines.some(({ state }) => state === 'FAIL')) process.exitCode = 1
    })

const examine = async (
  context: CommandContext,
  outside: readonly (typeof outsideProbes)[number][],
): Promise<Line[]> => {
  const settings: Probe<CommandContext> = {
    name: 'settings',
    look: async ({ env }) => lookAtSettings(baseConfig(env), configWarnings(env)),
  }
  const first = await runProbes([settings], context)
  if (first.some(({ state }) => state === 'FAIL')) return first
  try {
    return await withInstallation(context, async (opened) => [
      ...first,
      ...(await runProbes([...databaseProbes, ...outside], { ...opened, now: context.now })),
    ])
  } catch (error) {
    if (error instanceof CliError && error.exitCode === 130) throw error
    const name = error instanceof FenceError || isRoleRefused(error as Error) ? fence.name : database.name
    return [...first, { name, state: 'FAIL', says: withoutValues(error as Error).message, ms: 0 }]
  }
}

const render = (lines: readonly Line[]): string => {
  const table = renderTable(
    ['', 'What', 'ms', 'Found'],
    lines.map(({ state, name, ms, says }) => [state, name, String(ms), says]),
  )
  const counts = states.map((state) => `${lines.filter((line) => line.state === state).length} ${state}`)
  return `${table}\n\n${counts.join(', ')}`
}
