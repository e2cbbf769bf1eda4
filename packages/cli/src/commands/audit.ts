import { type AuditFault, type AuditVerdict, verifyAudit } from '@jejak/core/audit'
import { auditFile, type ListAudit } from '@jejak/core/listing'
import { listAudit, type Seal } from '@jejak/db'
import { Command, InvalidArgumentError } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { readAmount } from '../read-amount.ts'
import { readId } from '../read-id.ts'
import { readTime } from '../read-time.ts'
import { renderTable } from '../render-table.ts'
import { instantShower } from '../show-instant.ts'
import { writePieces } from '../write-pieces.ts'

const limitMax = 1000

const readEnd = (text: string): Pick<Seal, 'no' | 'hash'> => {
  const [, no, hash] = /^(\d{1,18}):([0-9a-f]{64})$/.exec(text) ?? []
  if (!no || !hash) throw new InvalidArgumentError('Write number and hash, such as 1200:9f86d0….')
  return { no, hash }
}

type ListOptions = {
  actor?: string
  act?: string
  object?: string
  since?: Date
  until?: Date
  before?: string
  limit: number
  csv: boolean
  to?: string
  json: boolean
}

const auditListCommand = (context: CommandContext): Command =>
  new Command('audit:list')
    .description('shows who did what, newest first')
    .option('--actor <name>', 'only what this one did, such as user:3, key:12 or console')
    .option('--act <name>', 'only this act, such as key.created')
    .option('--object <name>', 'only what was done to this, such as parcel:55')
    .option('--since <time>', 'from this time on', readTime)
    .option('--until <time>', 'before this time', readTime)
    .option('--before <id>', 'only entries with a smaller number: the next page', readId)
    .option('--limit <number>', 'how many', readAmount(limitMax), 50)
    .option('--csv', 'print all that fit as CSV', false)
    .option('--to <file>', 'with --csv: write it into this file, which must not be there yet')
    .option('--json', 'print the list as JSON', false)
    .action(({ before: beforeId, json, csv, to, ...filter }: ListOptions) => {
      if (csv && json) throw new CliError('Give --csv or --json, not both.', { exitCode: 2 })
      if (to !== undefined && !csv) throw new CliError('--to is for --csv.', { exitCode: 2 })
      return withInstallation(context, async ({ config, db }) => {
        const list: ListAudit = (page) => listAudit(db.sql, page)
        if (csv) return writePieces(auditFile(list, { ...filter, beforeId }), to)
        const entries = await listAudit(db.sql, { ...filter, beforeId })
        const show = instantShower(config.tracking.timezone)
        const lines = entries.map(({ id, at, actor, act, object, result, detail }) => [
          ...[id, show(at), actor, result === 'done' ? act : `${act} (refused)`, object ?? '-', detail ?? ''],
        ])
        const headings = ['ID', 'AT', 'WHO', 'DID', 'TO', 'DETAIL']
        print(lines.length > 0 ? renderTable(headings, lines) : 'No entry fits.', json && entries)
        if (entries.length === filter.limit) note(`More: add --before ${entries.at(-1)?.id}.`)
      })
    })

const auditVerifyCommand = (context: CommandContext): Command =>
  new Command('audit:verify')
    .description('checks that the audit log is as it was sealed; exit code 1 if it is not')
    .option(
      '--expect <no:hash>',
      'an end of the chain that the log of the worker tells: the entry must still have this hash',
      readEnd,
    )
    .option('--json', 'print the result as JSON', false)
    .action(({ expect, json }: { expect?: Pick<Seal, 'no' | 'hash'>; json: boolean }) =>
      withInstallation(context, async ({ config, db }) => {
        const verdict = await verifyAudit(db, expect)
        print(render(verdict, instantShower(config.tracking.timezone)), json && verdict)
        if (verdict.faults.length > 0) process.exitCode = 1
      }),
    )

const render = (
  { faults, faultsLeftOut, sealed: { amount, fromNo, head }, unsealed }: AuditVerdict,
  show: ReturnType<typeof instantShower>,
): string =>
  [
    ...faults.map(sentenceOf),
    ...(faultsLeftOut > 0 ? [`And ${faultsLeftOut} more.`] : []),
    amount === 0 ? 'No entry is sealed.' : `Sealed: ${amount} entries, from number ${fromNo} on.`,
    head ? `The chain ends with number ${head.no}: ${head.hash || 'empty'}` : 'The end of the chain is missing.',
    unsealed.amount === 0
      ? 'Nothing waits to be sealed.'
      : `Not sealed yet: ${unsealed.amount}, from entry ${unsealed.fromId} of ${show(unsealed.since)} on.`,
    faults.length === 0 ? 'All entries are as they were sealed.' : 'BROKEN: see docs/runbooks/audit-log-is-broken.md.',
  ].join('\n')

const sentenceOf = (fault: AuditFault): string => {
  switch (fault.kind) {
    case 'changed':
      return `Number ${fault.no} (entry ${fault.id}) was changed or moved, or the one before it was.`
    case 'missing':
      return fault.from === fault.to
        ? `Number ${fault.from} is missing.`
        : `Numbers ${fault.from} to ${fault.to} are missing.`
    case 'inserted':
      return `Number ${fault.no} (entry ${fault.id}) was inserted: the chain has no such number.`
    case 'late':
      return `Number ${fault.no} (entry ${fault.id}) says ${fault.at}, and was written at least ten minutes later.`
    case 'cut':
      return `The entries up to number ${fault.to} are gone, and no entry says that their time was over.`
    case 'unexpected':
      return `Number ${fault.no} has another hash than the one you expect, or is gone.`
    case 'end':
      return 'The last entry is not the one that the chain ends with.'
  }
}

/** The log of who did what. */
export const auditCommands = [auditListCommand, auditVerifyCommand]
