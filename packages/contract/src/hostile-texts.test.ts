import { expect, test } from 'vitest'
import * as contract from './index.ts'

const length = 200_000
const hostile = [...',.;: \n\t10a=@/<号', 'A-', 'a@', '\u0301', '\u200b', 'ORDER ', 'NO ', ' ext '].flatMap((piece) => {
  const long = piece.repeat(length / piece.length)
  return [long, `1${long}1`]
})

type Reader = (text: string) => unknown
const readerOf = (name: string, value: unknown): Reader | undefined => {
  if (typeof value === 'function')
    return /^(?:read(?!Registration)|fold|unwrap|parse|is|endsIn)/.test(name) ? (value as Reader) : undefined
  const schema = value as { safeParse?: Reader }
  return schema.safeParse && ((text) => schema.safeParse?.(text))
}
const readers = Object.entries(contract).flatMap(([name, value]) => {
  const read = readerOf(name, value)
  return read ? [{ name, read }] : []
})

test('whatever is typed, pasted or sent, however long, is read or refused at once by every reader', () => {
  const names = readers.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['foldOrderNumber', 'readContact', 'trackingNumber', 'orderLookup']))
  for (const { read } of readers) for (const text of hostile) read(text)
})
