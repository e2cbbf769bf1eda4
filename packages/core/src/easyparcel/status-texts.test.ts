import { isTerminal, substatusesOf } from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldText, toRuleText } from './fold-text.ts'
import { findTextRule, textRules } from './status-texts.ts'
import { readCorpus } from './testing/courier-texts.ts'

const corpus = readCorpus()
const published = new Set(corpus.map((row) => row.text))
// Texts of easyparcel-api.md 4.3.
const factSheet = ['Schedule In Arrangement', 'Cancelled', 'Deliverd To Suntech', 'Parcel has been collected']

describe('the text rules', () => {
  test.each(textRules.map((rule) => [rule.id, rule] as const))('%s is proven by its text', (_, rule) => {
    expect(findTextRule('proof' in rule ? rule.proof : rule.example)?.id).toBe(rule.id)
    if ('proof' in rule) expect(published.has(rule.proof) || factSheet.includes(rule.proof)).toBe(true)
  })

  test('a rule without a published text never ends a parcel', () => {
    expect(textRules.filter((rule) => !('proof' in rule) && isTerminal(rule.status))).toEqual([])
  })

  test('each rule has a name of its own and a substatus that fits its status', () => {
    expect(new Set(textRules.map((rule) => rule.id)).size).toBe(textRules.length)
    for (const { status, substatus } of textRules)
      if (substatus) expect(substatusesOf[status] as readonly string[]).toContain(substatus)
  })

  test('every pattern looks for text anew each time', () => {
    const patterns = textRules.flatMap((rule) => [...rule.says, ...(rule.unless ?? [])])
    expect(patterns.filter((pattern) => pattern.global || pattern.sticky)).toEqual([])
  })
})

const fullWidth = (text: string) =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0))

describe('folding', () => {
  test('case, outer spaces, full-width letters and punctuation do not change what a text says', () => {
    for (const { text } of corpus) {
      const rule = findTextRule(text)
      const variants = [text.toUpperCase(), text.toLowerCase(), `  ${text}\n`, fullWidth(text), `"${text}"!!`]
      expect(variants.map((variant) => findTextRule(variant))).toEqual(variants.map(() => rule))
    }
  })

  test('folding twice is folding once, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text))
      }),
    )
  })

  test('a traditional Chinese text says what the simplified one says', () => {
    expect(findTextRule('快件已簽收')).toBe(findTextRule('快件已签收'))
    expect(findTextRule('派送不成功，聯繫不上收件人')).toBe(findTextRule('派送不成功，联系不上收件人'))
  })

  test('a misspelt or differently named thing is read as the one word of the rules', () => {
    expect(toRuleText('Consignment delivrd to the Buyer')).toBe('parcel delivered to the recipient')
    expect(toRuleText('PICKEDUP by rider')).toBe('picked up by courier')
  })

  test('even a text made to be slow, 600,000 characters of it, is read as what its first 500 say', () => {
    for (const word of [
      'to be ',
      'delivery ',
      'customs ',
      'held at ',
      'received in a ',
      'return ',
      '派件',
      'parcel ',
      'a ',
    ])
      expect(findTextRule(word.repeat(100_000))).toBe(findTextRule(word.repeat(500).slice(0, 500)))
    expect(toRuleText(`${'x'.repeat(499)} delivered`)).not.toContain('delivered')
  })
})
