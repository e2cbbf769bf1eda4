import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCorpus } from '../testing/courier-texts.ts'
import { foldText } from './fold-text.ts'
import { maskUnread } from './mask-unread.ts'

const textsMin = 2

const inSeveralTexts = (split: (text: string) => string[]): string[] => {
  const texts = new Map<string, number>()
  for (const { text } of readCorpus())
    for (const part of new Set(split(foldText(text)))) texts.set(part, (texts.get(part) ?? 0) + 1)
  return [...texts].flatMap(([part, times]) => (times >= textsMin ? [part] : [])).toSorted()
}
const pairsIn = (text: string) =>
  [...text.matchAll(/\p{Script=Han}+/gu)].flatMap(([run]) => {
    const characters = [...run]
    return characters.slice(1).map((character, at) => `${characters[at]}${character}`)
  })
const inLines = (parts: readonly string[]): string =>
  (parts.join(' ').match(/.{1,138}(?:\s|$)/gu) ?? []).map((line) => `  ${line.trim()}`).join('\n')

test('the vocabulary is that of the collections of texts (run with -u after they changed)', async () => {
  const words = inSeveralTexts((text) => text.match(/(?<![\p{L}\p{N}])\p{Script=Latin}+(?![\p{L}\p{N}])/gu) ?? [])
  const module = `// Made by mask-unread.test.ts from the collections of texts: what at least ${textsMin} of them use.
export const knownWords = \`
${inLines(words)}\`

export const knownPairs = \`
${inLines(inSeveralTexts(pairsIn))}\`
`
  await expect(module).toMatchFileSnapshot(join(import.meta.dirname, 'unread-vocabulary.ts'))
})

test.each([
  [
    'Dihubungi Siti Aminah binti Ahmad 012-345 6789, No 7 Jalan Melati',
    ['siti', 'aminah', 'ahmad', '012', '345', '6789', 'melati'],
  ],
  ['Parcel handed to Mr. Tan Wei Ming at 12-3 Taman Desa, 60123456789', ['tan', 'wei', 'ming', 'desa', '60123456789']],
  ['包裹由王小明(0123456789)签收', ['王小明', '王', '明', '0123456789']],
  ['received by NUR.AISYAH@example.com', ['nur', 'aisyah', 'example']],
])('of “%s” nothing of a person is kept', (value, ofPerson) => {
  const masked = maskUnread({ kind: 'text', value }).value
  for (const word of ofPerson) expect(masked.split(/[ …]/)).not.toContain(word)
  expect(masked).toContain('…')
  expect(masked).not.toMatch(/[0-8]/)
})

test('what couriers say to all stays readable, and codes are codes', () => {
  const kept = (kind: 'text' | 'code' | 'status', value: string) => maskUnread({ kind, value }).value
  expect(kept('text', 'Parcel Zorbing at Siti’s hub')).toBe('parcel … at … hub')
  expect(kept('code', '77')).toBe('77')
  expect(kept('code', '60123456789')).toBe('9999')
  expect(kept('status', 'unreadable date: 99/99/9999')).toBe('unreadable date 99 99 9999')
})
