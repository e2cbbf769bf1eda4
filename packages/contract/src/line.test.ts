import { expect, test } from 'vitest'
import { line } from './line.ts'

test.each([
  [undefined, 'This is missing.'],
  [null, 'Write this value as text in quotes.'],
  [5, 'Write this value as text in quotes.'],
  ['a\nb', 'Write it in one line, without control characters.'],
])('a line of text that is missing is told from one of another kind: %j', (input, sentence) => {
  expect(
    line(20)
      .safeParse(input)
      .error?.issues.map(({ message }) => message),
  ).toEqual([sentence])
})
