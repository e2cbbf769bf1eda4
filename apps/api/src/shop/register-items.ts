import { type ReadRegistration, type RegistrationAnswer, readRegistration } from '@jejak/contract'
import type { Actor } from '@jejak/core/changes'
import { type Registered, registerTrackings, withAccount } from '@jejak/core/registering'
import type { RouteDeps } from '../deps.ts'
import { getAccountsOf } from './get-accounts-of.ts'

type Items = { actor: Actor; items: readonly unknown[]; organizationId: string }

/** Registers items as a shop sent them; one answer each, in their order. An item that cannot be read does not affect the others. */
export const registerItems = async (
  deps: RouteDeps,
  { actor, items, organizationId }: Items,
): Promise<RegistrationAnswer[]> => {
  const { accounts, ...where } = await getAccountsOf(deps, { organizationId })
  const alike = new Set<string>()
  const read = items.map((item) => withAccount(readRegistration(item, alike), accounts))
  const trackings = read.flatMap((item) => (item.problem ? [] : item.trackings))
  const registered = await registerTrackings(deps, { actor, ...where, trackings })
  return read.map((item) => toAnswer(item, registered))
}

const parcelIsFull = { path: 'orderNumber', message: 'Left out: a parcel can have at most 50 orders.' }

/** Takes an item's parcels off the front of `registered`. */
const toAnswer = (item: ReadRegistration, registered: Registered[]): RegistrationAnswer => {
  if (item.problem) return { outcome: 'invalid', problem: item.problem }
  const own = registered.splice(0, item.trackings.length)
  const [first, ...others] = own.map(({ isFull: _, ...one }) => one)
  const warnings = own.some(({ isFull }) => isFull) ? [...item.warnings, parcelIsFull] : item.warnings
  return { ...first!, ...(others.length > 0 && { others }), ...(warnings.length > 0 && { warnings }) }
}
