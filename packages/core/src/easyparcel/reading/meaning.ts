import { foldText } from '../texts/fold-text.ts'
import { ownTexts } from '../texts/own-texts.ts'
import { type Classification, classifyScan, type Said } from './classify-scan.ts'

/** What a scan means by today's rules; `folded` is its text as texts are compared. */
export type Meaning = Classification & { folded: string }

const rememberedMax = 10_000
const remembered = new Map<string, Meaning>()
let rememberedWith = ownTexts()

/** Reading a text takes some 60 µs and couriers say the same few thousand things: the last 10,000 readings are remembered. */
export const meaningOf = (said: Said): Meaning => {
  const { source, code, text } = said
  if (rememberedWith !== ownTexts()) {
    rememberedWith = ownTexts()
    remembered.clear()
  }
  const key = `${source} ${code} ${text}`
  const known = remembered.get(key)
  remembered.delete(key)
  const meaning = known ?? { ...classifyScan(said), folded: foldText(text) }
  remembered.set(key, meaning)
  if (remembered.size > rememberedMax) remembered.delete(remembered.keys().next().value!)
  return meaning
}
