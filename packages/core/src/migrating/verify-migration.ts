import { foldOrderNumber } from '@jejak/contract'
import { findMigrationRun, listSampled, type SampledOrder } from '@jejak/db'
import { type ContactKeys, hashContact } from '../registering/index.ts'
import { type OldParcel, readBatches } from './batches.ts'
import type { Migrating, MigratingDeps } from './migrating-deps.ts'
import { emptyReport, type MigrationReport } from './migration-report.ts'
import { noSuchRun } from './undo-migration.ts'

/** What differs between the source and the database, with the keys of the first rows. */
export type Difference = { what: string; rows: number; examples: string[] }

/** `rows` is what the source gives now, `rowsOfRun` what the run read. Samples are compared field by field, everything else is counted. */
export type VerifyReport = {
  run: string
  rows: number
  rowsOfRun: number
  numbers: number
  found: number
  orders: number
  ordersFound: number
  sampled: number
  differences: Difference[]
  isWhole: boolean
}

const sampledMax = 200
const examplesMax = 5

type Verifying = Omit<Migrating, 'actor' | 'connectionId'> & { runId: string }
type Deps = Pick<MigratingDeps, 'db' | 'clock' | 'contactKeys'>

/** Reads the source again and compares it with what is here: each number and order by its presence, some rows by all that they say. */
export const verifyMigration = async (deps: Deps, verifying: Verifying): Promise<VerifyReport> => {
  const { mapping, source, rowsMax, deleteMs, signal, onProgress, runId } = verifying
  const { sql } = deps.db.ofShop(verifying.organizationId)
  const run = await findMigrationRun(sql, { id: runId })
  if (!run) throw noSuchRun()
  const counted = emptyReport()
  const report: VerifyReport = {
    ...{ run: runId, rows: 0, rowsOfRun: (run.report as MigrationReport).rows, numbers: 0, found: 0 },
    ...{ orders: 0, ordersFound: 0, sampled: 0, differences: [], isWhole: true },
  }
  const every = Math.max(1, Math.ceil(source.rows / sampledMax))
  const reading = { mapping, now: run.startedAt, deleteMs, rowsMax, report: counted, behind: null }
  for await (const { parcels } of readBatches(source, reading)) {
    signal.throwIfAborted()
    const stored = await listSampled(
      sql,
      parcels.map(({ tracking }) => tracking.trackingNumber),
    )
    const byNumber = Map.groupBy(stored, ({ trackingNumber }) => trackingNumber)
    for (const parcel of parcels)
      compare(report, { parcel, here: byNumber.get(parcel.tracking.trackingNumber), every, since: run.startedAt, deps })
    onProgress(counted)
  }
  const isWhole = report.differences.length === 0 && counted.rows === report.rowsOfRun
  return { ...report, rows: counted.rows, isWhole }
}

type Comparing = { parcel: OldParcel; here: SampledOrder[] | undefined; every: number; since: Date; deps: Deps }

const differ = (report: VerifyReport, key: string, what: string): void => {
  const known = report.differences.find((one) => one.what === what)
  const found = known ?? { what, rows: 0, examples: [] }
  if (!known) report.differences.push(found)
  found.rows += 1
  if (found.examples.length < examplesMax) found.examples.push(key)
}

const compare = (report: VerifyReport, { parcel, here, every, since, deps }: Comparing): void => {
  const { key, tracking } = parcel
  report.numbers += 1
  if (here) report.found += 1
  const order = tracking.orderNumber === undefined ? undefined : foldOrderNumber(tracking.orderNumber)
  const stored = order === undefined ? here?.[0] : here?.find(({ orderFolded }) => orderFolded === order)
  if (order !== undefined) report.orders += 1
  if (order !== undefined && stored) report.ordersFound += 1
  if (!stored) differ(report, key, here ? 'the parcel does not have the order' : 'the parcel is not here')
  if (!stored || report.numbers % every !== 0) return
  report.sampled += 1
  for (const what of differences({ parcel, stored, since, keys: deps.contactKeys })) differ(report, key, what)
}

type Sample = { parcel: OldParcel; stored: SampledOrder; since: Date; keys: ContactKeys }

/** What a sample says otherwise here. A parcel that was here before the run keeps what it had, and got only orders and contacts. */
const differences = ({ parcel: { tracking, end }, stored, since, keys }: Sample): string[] => {
  const isNew = stored.registeredAt >= since
  const { courier, bookedAt, estimatedDelivery, contact } = tracking
  const isKnown = (kind: 'contactEmailHmac' | 'contactPhoneHmac') =>
    keys.some((key) => {
      const hash = hashContact(key, contact)[kind]
      return hash === null || stored.contactHashes.includes(hash)
    })
  return [
    ...(isNew && courier !== undefined && stored.courier === null ? ['the courier is missing'] : []),
    ...(isNew && bookedAt !== undefined && stored.bookedAt === null ? ['the day of booking is missing'] : []),
    ...(isNew && estimatedDelivery !== undefined && stored.estimatedDelivery === null
      ? ['the expected day is missing']
      : []),
    ...(contact?.email !== undefined && !isKnown('contactEmailHmac') ? ['another e-mail address'] : []),
    ...(contact?.phone !== undefined && !isKnown('contactPhoneHmac') ? ['another phone number'] : []),
    ...(isNew && end && stored.status === 'pending' ? ['the old system knows its end, and it has no status here'] : []),
  ]
}
