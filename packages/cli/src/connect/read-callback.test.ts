import { expect, test } from 'vitest'
import { readCallback } from './read-callback.ts'

const read = (query: string) => readCallback(new URL(`http://localhost:3910/callback?${query}`), 'ours')

test('only the login that we started brings a code', () => {
  expect(read('code=abc&state=ours')).toEqual({ kind: 'code', code: 'abc' })
  for (const foreign of ['code=abc&state=theirs', 'code=abc', 'state=ours', '', `code=${'x'.repeat(5000)}&state=ours`])
    expect(read(foreign)).toEqual({ kind: 'foreign' })
})

test('a refusal is told in EasyParcel’s words, without what a terminal would obey', () => {
  expect(read('error=access_denied&state=ours')).toEqual({ kind: 'refused', reason: 'access_denied' })
  expect(read('error=access_denied&error_description=Not%20today%1b%5B2J')).toEqual({
    kind: 'refused',
    reason: 'access_denied: Not today [2J',
  })
})

test('a refusal of another login does not end ours', () => {
  expect(read('error=access_denied&state=theirs')).toEqual({ kind: 'foreign' })
})
