import { afterEach, expect, test } from 'vitest'
import { classifyScan } from '../reading/classify-scan.ts'
import { meaningOf } from '../reading/meaning.ts'
import { readCorpus } from '../testing/courier-texts.ts'
import { maskGiven, maskText, useOwnTexts } from './own-texts.ts'

afterEach(() => useOwnTexts([]))

const said = (text: string, code: number | null = null) => ({ source: 'open', code, text }) as const
const arrived = { text: 'kad … kabinet', status: 'in_transit', substatus: 'arrived' } as const

test('a text is read as the installation says, from then on, and as before once that is taken back', () => {
  expect(meaningOf(said('Kad Zorb kabinet'))).toMatchObject({
    status: expect.not.stringMatching('arrived'),
    substatus: null,
  })
  useOwnTexts([arrived])
  expect(meaningOf(said('Kad Zorb kabinet'))).toMatchObject({ status: 'in_transit', substatus: 'arrived', flags: [] })
  expect(meaningOf(said('Kad Ali kabinet!'))).toMatchObject({ substatus: 'arrived' })
  useOwnTexts([])
  expect(meaningOf(said('Kad Zorb kabinet'))).toMatchObject({ substatus: null })
})

test('it goes before what Jejak knows, but not against EasyParcel’s code', () => {
  useOwnTexts([{ text: 'parcel collected', status: 'in_transit', substatus: null }])
  expect(classifyScan(said('Parcel Collected'))).toMatchObject({ status: 'in_transit' })
  useOwnTexts([{ text: 'shelved kabinet', status: 'delivered', substatus: null }])
  expect(classifyScan(said('Shelved kabinet', 4))).toMatchObject({
    status: 'in_transit',
    flags: ['text_claims_an_end'],
  })
})

test('a text that is masked already is recognised as it stands', () => {
  const masked = readCorpus().map(({ text }) => maskText(text))
  expect(masked.map(maskGiven)).toEqual(masked)
})
