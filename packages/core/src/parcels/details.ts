import { type Detail, eachDetail } from '@jejak/contract'

type Held = { [Name in Detail]?: string | Date | null | undefined }

/** What a shop said about a parcel, each detail as text, null where it said nothing. */
export const detailsOf = (held: Held): { [Name in Detail]: string | null } =>
  eachDetail((name) => {
    const value = held[name]
    return value instanceof Date ? value.toISOString() : (value ?? null)
  })
