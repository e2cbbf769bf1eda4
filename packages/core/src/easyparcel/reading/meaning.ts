import type { ScanSource } from '../client/easyparcel-client.ts'
import { foldText } from '../texts/fold-text.ts'
import { type Classification, classifyScan } from './classify-scan.ts'

/** What was said, as far as its meaning depends on it. */
export type Said = { source: ScanSource; code: number | null; text: string }

/** What a scan means by today's rules; `folded` is its text as texts are compared. */
export type Meaning = Classification & { folded: string }

const rememberedMax = 10_000
const remembered = new Map<string, Meaning>()

/** Reading a text takes some 60 µs and couriers say the same few thousand things: the last 10,000 readings are remembered. */
export const meaningOf = ({ source, code, text }: Said): Meaning => {
  const key = `${source} ${code} ${text}`
  const known = remembered.get(key)
  remembered.delete(key)
  const meaning = known ?? { ...classifyScan(source, code, text), folded: foldText(text) }
  remembered.set(key, meaning)
  if (remembered.size > rememberedMax) remembered.delete(remembered.keys().next().value!)
  return meaning
}
