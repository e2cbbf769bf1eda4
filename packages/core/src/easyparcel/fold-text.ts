import { simplified, synonyms } from './synonyms.ts'

const charactersMax = 500

const toSimplified = (text: string): string =>
  text.replace(/\p{Script=Han}/gu, (character) => simplified.get(character) ?? character)

/**
 * The form in which texts are compared: NFKC, lower case, no apostrophes, every other run of punctuation or space as one space,
 * no space between Chinese characters, traditional characters as simplified ones, at most 500 characters. Never throws.
 */
export const foldText = (text: string): string => {
  const folded = text
    .trim()
    .slice(0, charactersMax)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’‘`´]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, '')
    .trim()
    .slice(0, charactersMax)
  return toSimplified(folded)
}

/** Folds a text and then says each thing with one word, so that a rule written for `parcel` also reads "consignment" (see synonyms.ts). */
export const toRuleText = (text: string): string =>
  synonyms.reduce((sofar, [words, word]) => sofar.replace(words, word), foldText(text))
