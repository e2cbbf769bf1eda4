const charactersMax = 500

/**
 * The form in which texts are compared: NFKC, lower case, no apostrophes, every other run of punctuation or space as one space,
 * no space between Chinese characters, at most 500 characters. Never throws.
 */
export const foldText = (text: string): string =>
  text
    .trim()
    .slice(0, charactersMax)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’‘`´]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, '')
    .trim()
    .slice(0, charactersMax)
