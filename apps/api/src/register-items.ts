import { type ReadRegistration, type RegistrationAnswer, readRegistration } from '@jejak/contract'
import { type Registered, registerMax, registerTrackings } from '@jejak/core/registering'
import type { Deps } from './deps.ts'
import { invalid } from './http-problem.ts'
import { getConnectionOf, registeringDeps } from './shop.ts'

type Items = { items: readonly unknown[]; organizationId: string }

/** Registers items as a shop sent them; one answer each, in their order. What cannot be read spoils nothing else. */
export const registerItems = async (deps: Deps, { items, organizationId }: Items): Promise<RegistrationAnswer[]> => {
  const where = await getConnectionOf(deps, { organizationId })
  const alike = new Set<string>()
  const read = items.map((item) => readRegistration(item, alike))
  const trackings = read.flatMap((item) => (item.problem ? [] : item.trackings))
  if (trackings.length > registerMax)
    throw invalid(`trackings: These items hold ${trackings.length} parcels; send at most ${registerMax} at once.`)
  const registered = await registerTrackings(registeringDeps(deps), { ...where, trackings })
  return read.map((item) => toAnswer(item, registered))
}

/** Takes an item's parcels off the front of `registered`. */
const toAnswer = (item: ReadRegistration, registered: Registered[]): RegistrationAnswer => {
  if (item.problem) return { outcome: 'invalid', problem: item.problem }
  const [first, ...others] = registered.splice(0, item.trackings.length)
  return {
    ...first!,
    ...(others.length > 0 && { others }),
    ...(item.warnings.length > 0 && { warnings: item.warnings }),
  }
}
