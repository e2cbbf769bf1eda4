// Adding a rule: put it into status-texts.en.ts, .ms.ts or .zh.ts, above the first rule that would read the same text and below those that deny it.
// Write it for folded text (lower case, no punctuation, one word per thing: "Consignment for Buyer" is `parcel for recipient`, see synonyms.ts).
// Give it the published text that shows it as `proof` (add that text to fixtures/courier-texts.tsv) and run `vitest run --project pure status-texts`.

import { toRuleText } from './fold-text.ts'
import { englishRules } from './status-texts.en.ts'
import { malayRules } from './status-texts.ms.ts'
import { chineseRules } from './status-texts.zh.ts'
import type { TextRule } from './text-rule.ts'

/** Every rule in the order in which they are tried. Malay comes first: its words are its own, while its texts borrow English ones. */
export const textRules: readonly TextRule[] = [...malayRules, ...englishRules, ...chineseRules]

const reads = (rule: TextRule, words: string): boolean =>
  rule.says.some((pattern) => pattern.test(words)) && !rule.unless?.some((pattern) => pattern.test(words))

/** The first rule that reads the text, or null. */
export const findTextRule = (text: string): TextRule | null => {
  const words = toRuleText(text)
  return textRules.find((rule) => reads(rule, words)) ?? null
}
