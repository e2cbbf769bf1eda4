import {
  type ReadRegistration,
  type RegistrationAnswer,
  type RegistrationPreview,
  readRegistration,
} from '@jejak/contract'
import type { Actor } from '@jejak/core/changes'
import { createPreview, type Registered, registerTrackings, withAccount } from '@jejak/core/registering'
import type { RouteDeps } from '../deps.ts'
import { getAccountsOf } from './get-accounts-of.ts'

type Items = { actor: Actor; items: readonly unknown[]; organizationId: string }

type Accounts = Awaited<ReturnType<typeof getAccountsOf>>['accounts']

const readItems = (items: readonly unknown[], accounts: Accounts) => {
  const alike = new Set<string>()
  const read = items.map((item) => withAccount(readRegistration(item, alike), accounts))
  return { read, trackings: read.flatMap((item) => (item.problem ? [] : item.trackings)) }
}

/** Registers items as a shop sent them; one answer each, in their order. An item that cannot be read does not affect the others. */
export const registerItems = async (
  deps: RouteDeps,
  { actor, items, organizationId }: Items,
): Promise<RegistrationAnswer[]> => {
  const { accounts, ...where } = await getAccountsOf(deps, { organizationId })
  const { read, trackings } = readItems(items, accounts)
  const registered = await registerTrackings(deps, { actor, ...where, trackings })
  return read.map((item) => toAnswer(item, registered))
}

/** Tells what registering them would do. */
export const previewItems = async (
  deps: RouteDeps,
  { items, organizationId }: Omit<Items, 'actor'>,
): Promise<RegistrationPreview[]> => {
  const { accounts, ...where } = await getAccountsOf(deps, { organizationId })
  const { read, trackings } = readItems(items, accounts)
  const previewed = await createPreview(deps, where)(trackings, await deps.clock(deps.db.ofShop(organizationId).sql))
  return read.map((item) => toAnswer(item, previewed))
}

const parcelIsFull = { path: 'orderNumber', message: 'Left out: a parcel can have at most 50 orders.' }

type Told = Omit<Registered, 'id'>

/** Takes an item's parcels off the front of `registered`. */
const toAnswer = <Id extends string | null>(item: ReadRegistration, registered: (Told & { id: Id })[]) => {
  if (item.problem) return { outcome: 'invalid' as const, problem: item.problem }
  const own = registered.splice(0, item.trackings.length)
  const [first, ...others] = own.map(({ isFull: _, ...one }) => one)
  const warnings = own.some(({ isFull }) => isFull) ? [...item.warnings, parcelIsFull] : item.warnings
  return { ...first!, ...(others.length > 0 && { others }), ...(warnings.length > 0 && { warnings }) }
}
