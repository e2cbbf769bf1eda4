import { type TrackingFilter, trackingFilter } from '@jejak/contract'
import type { People } from '@jejak/core/listing'
import { listMembers } from '@jejak/db'
import type { Command } from 'commander'
import { CliError } from './cli-error.ts'
import type { OpenedInstallation } from './open-installation.ts'

/** The options that are words of a filter, as the filter names them. */
const filterOptions = [
  ['--status <statuses>', 'status', 'only parcels with one of these, with commas'],
  ['--order <number>', 'orderNumber', 'only parcels of this order'],
  ['--courier <name>', 'courier', 'only parcels of this courier'],
  ['--connection <id>', 'connection', 'only parcels of this EasyParcel account'],
  ['--attention [reason]', 'attention', 'only parcels that need a person, for any reason or for this one'],
  ['--assignee <id>', 'assignee', 'only parcels that this user sees to, or none'],
  ['--ended <yes>', 'ended', 'false: only parcels on their way; true: only those whose life is over'],
  ['--registered-after <time>', 'registeredAfter', 'such as 2026-01-23T04:28:52Z'],
  ['--registered-before <time>', 'registeredBefore', 'likewise'],
  ['--changed-after <time>', 'changedAfter', 'likewise'],
  ['--changed-before <time>', 'changedBefore', 'likewise'],
  ['--not-checked-since <time>', 'notCheckedSince', 'only parcels whose last good check was before this time'],
] as const

/** Gives a command an option for each word of a filter. */
export const addFilterOptions = (command: Command): Command => {
  for (const [flags, , meaning] of filterOptions) command.option(flags, meaning)
  return command
}

const nameOf = (flags: string): string =>
  flags
    .split(' ')[0]!
    .slice(2)
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** The filter that the options of a command say. */
export const filterOf = (options: Record<string, unknown>): TrackingFilter => {
  const given = filterOptions.flatMap(([flags, word]) => {
    const value = options[nameOf(flags)]
    return value === undefined ? [] : [[word, value] as const]
  })
  const read = trackingFilter.safeParse(Object.fromEntries(given))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new CliError(`${String(issue?.path[0])}: ${issue?.message}`, { exitCode: 2 })
}

/** Whom a filter of the command line can mean: the members of the shop, and no one by `me`. */
export const peopleOf = ({ db, organizationId }: Pick<OpenedInstallation, 'db' | 'organizationId'>): People => ({
  me: null,
  members: async () => (await listMembers(db.sql, organizationId)).map(({ id }) => id),
})
