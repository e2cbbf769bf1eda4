/**
 * EasyParcel's public page for a parcel takes the courier's short name (easyparcel-api.md §7 and §10). Only short names that EasyParcel itself
 * prints in such an address are listed; the spellings are those of its courier lists. No hotline is listed: none is in a source we can cite.
 */
const shortNames: readonly { courier: RegExp; shortName: string }[] = [
  { courier: /^pos ?laju\b/i, shortName: 'Poslaju' },
  { courier: /^dhl ?e(?:c\b|commerce\b)/i, shortName: 'DHLeC' },
  { courier: /^city-?link\b/i, shortName: 'City-Link Express' },
  { courier: /^flash\b/i, shortName: 'Flash' },
  { courier: /^skynet\b/i, shortName: 'Skynet' },
]

/** EasyParcel's public tracking page of this parcel, or null if we do not know how it names the courier. */
export const courierPageOf = (courier: string | null, trackingNumber: string): string | null => {
  const known = courier === null ? undefined : shortNames.find((entry) => entry.courier.test(courier.trim()))
  if (!known) return null
  const query = `courier=${encodeURIComponent(known.shortName)}&awb=${encodeURIComponent(trackingNumber)}`
  return `https://app.easyparcel.com/tools/easytrack/details?${query}`
}
