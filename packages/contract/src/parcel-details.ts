import { z } from 'zod'
import { calendarDay, dayGiven, instant, momentGiven } from './instant.ts'
import { line } from './line.ts'

/**
 * What a shop may say about a parcel besides its number, its order and its buyer: as it may write it, as it is shown, and whether customers see it
 * too. Registration, change, the shop's view, the public document, a customer's export and the columns that are written follow from this list.
 */
export const parcelDetails = {
  courier: { given: line(60), shown: z.string().nullable(), isPublic: true },
  estimatedDelivery: { given: dayGiven, shown: calendarDay.nullable(), isPublic: true },
  bookedAt: { given: momentGiven, shown: instant.nullable(), isPublic: false },
} as const

type Details = typeof parcelDetails
export type Detail = keyof Details
export type PublicDetail = { [Name in Detail]: Details[Name]['isPublic'] extends true ? Name : never }[Detail]

export const detailNames = Object.keys(parcelDetails) as Detail[]
const isPublic = (name: Detail): name is PublicDetail => parcelDetails[name].isPublic

/** What `make` makes of each detail, under its name. */
export const eachDetail = <Made>(make: (name: Detail) => Made): { [Name in Detail]: Made } =>
  Object.fromEntries(detailNames.map((name) => [name, make(name)])) as { [Name in Detail]: Made }

/** Of an object with details those that customers see. */
export const publicDetailsOf = <Held extends { [Name in PublicDetail]?: unknown }>(held: Held) =>
  Object.fromEntries(
    detailNames.flatMap((name) => (isPublic(name) && name in held ? [[name, held[name]]] : [])),
  ) as Pick<Held, PublicDetail & keyof Held>

/** The schemas of all details as they are shown. */
export const shownDetails = eachDetail((name) => parcelDetails[name].shown) as {
  [Name in Detail]: Details[Name]['shown']
}
