import type { SettingsPatch, SettingView } from '@jejak/contract'
import { consoleActor as actor } from '@jejak/core/audit'
import { changeSettings, listSettings } from '@jejak/core/settings'
import { readClock as clock } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation, withQueue } from '../open-installation.ts'
import { note, noteUndo, print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'

type Asked = { name: string | undefined; value: string | undefined; toDefault: boolean }

export const settingsCommand = (context: CommandContext): Command =>
  new Command('settings')
    .description(
      'shows the settings of the shop and where they come from; with a name and a value, changes one while everything runs',
    )
    .argument('[name]', 'such as in_transit_freq; TRACKING_IN_TRANSIT_FREQ is read, too')
    .argument('[value]', 'in the unit of the setting')
    .option('--default', 'take the setting back to the default', false)
    .addOption(shopOption())
    .option('--json', 'print the settings as JSON, as GET /v1/admin/settings does', false)
    .addHelpText('after', '\nName, logo, contacts and languages are changed by `jejak shop`.')
    .action((name: string | undefined, value: string | undefined, given: Given) => {
      const asked = { name: name && readName(name), value, toDefault: given.default }
      const patch = patchOf(asked)
      return withInstallation({ ...context, shop: given.shop }, async (opened) => {
        const { organizationId, db, config } = opened
        const undo = patch
          ? await withQueue(opened, (boss) =>
              changeSettings({ db, boss, clock, config }, { actor, organizationId, patch }),
            )
          : null
        const settings = await listSettings({ db, config }, organizationId)
        const shown = asked.name === undefined ? settings : settings.filter((setting) => setting.name === asked.name)
        if (shown.length === 0) throw new CliError(`There is no setting ${asked.name}: \`jejak settings\` lists them.`)
        print(render(shown), given.json && { data: shown, ...(patch && { undo }) })
        if (patch) note('In force within 5 seconds, without a restart.')
        noteUndo(undo)
      })
    })

type Given = { default: boolean; shop?: string; json: boolean }

const readName = (typed: string): string => typed.toLowerCase().replace(/^tracking_/, '')

/** The change that is asked for; undefined if none. */
const patchOf = ({ name, value, toDefault }: Asked): SettingsPatch | undefined => {
  if (name === undefined && toDefault)
    throw new CliError('Name the setting that goes back to the default.', { exitCode: 2 })
  if (value !== undefined && toDefault) throw new CliError('Give a value or --default, not both.', { exitCode: 2 })
  if (name === undefined || (value === undefined && !toDefault)) return undefined
  return { [name]: value ?? null }
}

const sources = { default: '', environment: 'environment', shop: 'the shop' } as const

const shownValue = (value: SettingView['value'], unit: string | null): string => {
  const text = Array.isArray(value) ? value.join(',') : value === null || value === '' ? 'none' : String(value)
  return unit === null || text === 'none' ? text : `${text} ${unit}`
}

const render = (settings: readonly SettingView[]): string =>
  renderTable(
    ['SETTING', 'VALUE', 'SET BY', 'DEFAULT', 'MEANING'],
    settings.map(({ name, value, source, unit, meaning, ...setting }) => [
      ...[name, shownValue(value, unit), sources[source]],
      ...[source === 'shop' ? shownValue(setting.default, unit) : '', meaning],
    ]),
  )
