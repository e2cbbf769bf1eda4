import { malaysianPlaces } from './malaysian-places.ts'

const locationLengthMax = 200

/** Marks of a person in an address line. Some places are also given names, so such a line shows no place at all. */
const personMark =
  /\b(?:bin|binti|attn|attention|c\/o|a\/l|a\/p|s\/o|d\/o|mr|mrs|ms|encik|puan|cik|tuan|receiver|recipient|consignee|penerima)\b/i

/** A town's name in a street's name is not where the parcel is. */
const streetWords = new Set(['jalan', 'jln', 'lorong', 'lrg', 'persiaran', 'lebuh', 'lebuhraya'])

const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

type Known = { name: string; isTown: boolean }

const known = new Map<string, Known>()
for (const { name, aliases, isTown } of malaysianPlaces)
  for (const spelling of [name, ...aliases]) if (!known.has(fold(spelling))) known.set(fold(spelling), { name, isTown })

const wordsMax = Math.max(...[...known.keys()].map((spelling) => spelling.split(' ').length))

/** Every run of words that spells a place, a town before a state, then the longest, then the first. */
const bestMatch = (words: readonly string[]): string | null => {
  let best: (Known & { length: number }) | null = null
  for (let from = 0; from < words.length; from += 1) {
    if (streetWords.has(words[from - 1] ?? '')) continue
    for (let count = 1; count <= wordsMax && from + count <= words.length; count += 1) {
      const spelling = words.slice(from, from + count).join(' ')
      const place = known.get(spelling)
      if (!place || (best && !isBetter({ ...place, length: spelling.length }, best))) continue
      best = { ...place, length: spelling.length }
    }
  }
  return best?.name ?? null
}

const isBetter = (a: Known & { length: number }, b: Known & { length: number }): boolean =>
  a.isTown === b.isTown ? a.length > b.length : a.isTown

/** The place a guest may see: the name of a Malaysian town, hub or state in the courier's location, else null. */
export const publicLocation = (location: string | null): string | null => {
  if (!location || personMark.test(location)) return null
  return bestMatch(fold(location.slice(0, locationLengthMax)).split(' '))
}
