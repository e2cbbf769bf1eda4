import { type CasesAnswer, type SettleHow, settleHows, trackingNumber } from '@jejak/contract'
import {
  assignCases,
  attentionReasons,
  choicesOf,
  meaningOfReason,
  settleCases,
  snoozeCases,
  type WhichCases,
} from '@jejak/core/attention'
import { consoleActor as actor } from '@jejak/core/audit'
import { readSecretKeys } from '@jejak/core/installing'
import { deriveContactKeys } from '@jejak/core/registering'
import { readClock as clock, countReasons, listCases, listMembers, listTrackings } from '@jejak/db'
import { Command, InvalidArgumentError, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { nameSome } from '../name-some.ts'
import { type OpenedInstallation, withInstallation, withQueue } from '../open-installation.ts'
import { note, noteUndo, print } from '../print.ts'
import { readTime } from '../read-time.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'

const casesMax = 200

const readNumber = (text: string): string => {
  const read = trackingNumber.safeParse(text)
  if (!read.success) throw new InvalidArgumentError(read.error.issues[0]?.message ?? '')
  return read.data
}
const readNumbers = (text: string, before: string[] = []): string[] => [...before, readNumber(text)]

type Common = { shop?: string; json: boolean }
type OfCases = Common & { reason?: string }

const listCommand = (context: CommandContext): Command =>
  new Command('attention')
    .description('what needs a person, by reason; with --reason its cases, the longest open first')
    .addOption(new Option('--reason <reason>', 'the cases of this reason').choices(attentionReasons))
    .option('--snoozed', 'those that are snoozed or muted', false)
    .addOption(shopOption())
    .option('--json', 'print the list as JSON', false)
    .action(({ reason, snoozed, shop, json }: OfCases & { snoozed: boolean }) =>
      withInstallation({ ...context, shop }, (opened) =>
        reason === undefined && !snoozed ? printReasons(opened, json) : printCases(opened, { reason, snoozed, json }),
      ),
    )

const printReasons = async ({ db, settings, organizationId }: OpenedInstallation, json: boolean): Promise<void> => {
  const reasons = await countReasons(db.ofShop(organizationId).sql, await clock(db.sql))
  const show = instantShower(settings.timezone)
  const lines = reasons.map(({ reason, open, silent, oldestAt }) => [
    ...[reason, String(open), String(silent), oldestAt ? show(oldestAt) : '-', meaningOfReason(reason)],
  ])
  const data = reasons.map((one) => ({ ...one, meaning: meaningOfReason(one.reason), choices: choicesOf(one.reason) }))
  const headings = ['REASON', 'OPEN', 'SILENT', 'SINCE', 'MEANING']
  print(lines.length > 0 ? renderTable(headings, lines) : 'Nothing needs you.', json && data)
}

type Listing = { reason: string | undefined; snoozed: boolean; json: boolean }

const printCases = async (
  { db, settings, organizationId }: OpenedInstallation,
  { reason, snoozed: isSilent, json }: Listing,
): Promise<void> => {
  const now = await clock(db.sql)
  const filter = { reason: reason ?? null, assignee: null, members: [], isSilent, now, after: null }
  const cases = await listCases(db.ofShop(organizationId).sql, { ...filter, limit: casesMax })
  const show = instantShower(settings.timezone)
  const lines = cases.map((one) => [
    ...[one.trackingNumber, one.orderNumber ?? '-', one.status, one.reason, show(one.openedAt)],
    one.assigneeId === null ? '-' : `user:${one.assigneeId}`,
  ])
  const headings = ['NUMBER', 'ORDER', 'STATUS', 'REASON', 'SINCE', 'WHO']
  print(lines.length > 0 ? renderTable(headings, lines) : 'Nothing needs you.', json && cases)
  if (cases.length === casesMax) note(`These are the first ${casesMax}.`)
}

/** The cases of these numbers, or all of a reason that are open now. */
const whichOf = async (
  { db, organizationId }: OpenedInstallation,
  { numbers, reason }: { numbers: readonly string[]; reason: string | undefined },
): Promise<WhichCases> => {
  if (numbers.length > 0 === (reason !== undefined))
    throw new CliError('Name tracking numbers, or all cases of a --reason.', { exitCode: 2 })
  if (reason !== undefined) return { reason, asOf: await clock(db.sql) }
  if (numbers.length > casesMax) throw new CliError(`Name at most ${casesMax} numbers at once.`, { exitCode: 2 })
  const asked = { trackingNumbers: numbers, requiresAttention: true, sort: 'changed', limit: casesMax } as const
  const found = await listTrackings(db.ofShop(organizationId).sql, asked)
  const open = new Set(found.map(({ trackingNumber }) => trackingNumber))
  const without = numbers.filter((number) => !open.has(number))
  if (open.size === 0) throw new CliError(`No parcel that needs a person has the number ${nameSome(without)}.`)
  if (without.length > 0) note(`No parcel that needs a person has the number ${nameSome(without)}.`)
  return { ids: found.map(({ id }) => id) }
}

const printAnswer = ({ done, left, isComplete, undo }: CasesAnswer, json: boolean): void => {
  print(`Done: ${done}.`, json && { done, left, isComplete, undo })
  for (const { amount, sentence } of left) note(`Left as they were: ${amount}. ${sentence}`)
  if (!isComplete) note('There are more: run the same again.')
  noteUndo(undo)
}

const command = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .argument('[numbers...]', 'tracking numbers', readNumbers)
    .addOption(new Option('--reason <reason>', 'all cases of this reason that are open now').choices(attentionReasons))
    .addOption(shopOption())
    .option('--json', 'print the answer as JSON', false)

type Settling = OfCases & { how: SettleHow; until?: Date; number?: string; courier?: string }

const settleCommand = (context: CommandContext): Command =>
  command('attention:settle', 'settles cases, or puts them off, in a way that is offered for their reason')
    .addOption(
      new Option('--how <how>', 'what to do; `attention --json` says what each does')
        .choices(settleHows)
        .makeOptionMandatory(),
    )
    .option('--until <time>', 'for tell_later and mute: until when', readTime)
    .option('--number <number>', 'for fix: the right tracking number', readNumber)
    .option('--courier <name>', 'for fix: the right courier')
    .action((numbers: string[] = [], { reason, shop, json, how, until, number, courier }: Settling) =>
      withInstallation({ ...context, shop }, async (opened) => {
        const { config, db, organizationId, isDemo, settings } = opened
        const fix = (number ?? courier) ? { trackingNumber: number, courier } : undefined
        if ((how === 'fix') !== (fix !== undefined) || (how === 'fix' && numbers.length !== 1))
          throw new CliError('fix is for one number, and wants --number or --courier.', { exitCode: 2 })
        if ((how === 'tell_later' || how === 'mute') !== (until !== undefined))
          throw new CliError('tell_later and mute want --until, and nothing else does.', { exitCode: 2 })
        const which = await whichOf(opened, { numbers, reason })
        const contactKeys = deriveContactKeys(readSecretKeys(config))
        const answer = await withQueue(opened, (boss) =>
          settleCases(
            { db, boss, clock, isDemo, contactKeys, settings },
            { actor, organizationId, which, how, ...(until && { until }), ...(fix && { fix }) },
          ),
        )
        printAnswer(answer, json)
      }),
    )

const snoozeCommand = (context: CommandContext): Command =>
  command('attention:snooze', 'silences cases until a time, or until there is news; or wakes them')
    .option('--until <time>', 'until when', readTime)
    .option('--wake', 'ends the silence instead', false)
    .action((numbers: string[] = [], { reason, shop, json, until, wake }: OfCases & { until?: Date; wake: boolean }) =>
      withInstallation({ ...context, shop }, async (opened) => {
        if ((until === undefined) !== wake) throw new CliError('Say --until when, or --wake.', { exitCode: 2 })
        const { db, organizationId } = opened
        const which = await whichOf(opened, { numbers, reason })
        const asked = { actor, organizationId, which, until: until ?? null }
        printAnswer(await snoozeCases({ db, clock }, asked), json)
      }),
    )

const assignCommand = (context: CommandContext): Command =>
  command('attention:assign', 'says who sees to cases')
    .option('--to <email>', 'a member of the shop; without it, no one')
    .action((numbers: string[] = [], { reason, shop, json, to }: OfCases & { to?: string }) =>
      withInstallation({ ...context, shop }, async (opened) => {
        const { db, organizationId } = opened
        const members = to === undefined ? [] : await listMembers(db.sql, organizationId)
        const member = members.find(({ email }) => email === to?.trim().toLowerCase())
        if (to !== undefined && !member) throw new CliError('The shop has no member with this e-mail address.')
        const which = await whichOf(opened, { numbers, reason })
        printAnswer(
          await assignCases({ db, clock }, { actor, organizationId, which, userId: member?.id ?? null }),
          json,
        )
      }),
    )

/** What needs a person. */
export const attentionCommands = [listCommand, settleCommand, snoozeCommand, assignCommand]
