import { describe, expect, test } from 'vitest'
import { chooseMode } from './choose-mode.ts'

const noCredentials = undefined
const credentials = 'EASYPARCEL_API_KEY'
const demo = { isDemo: true }
const real = { isDemo: false }

describe('an empty database', () => {
  test('becomes a demo without EasyParcel credentials', () => {
    expect(chooseMode({ installation: undefined, credential: noCredentials })).toEqual(demo)
  })
  test('becomes a real installation with them, or when JEJAK_DEMO says so', () => {
    expect(chooseMode({ installation: undefined, credential: credentials })).toEqual(real)
    expect(chooseMode({ installation: undefined, asked: false, credential: noCredentials })).toEqual(real)
  })
  test('refuses a demo with real credentials', () => {
    expect(() => chooseMode({ installation: undefined, asked: true, credential: credentials })).toThrow(
      'JEJAK_DEMO asks for a demo, and a demo refuses real',
    )
  })
})

describe('a database that has been used', () => {
  test('stays what it was', () => {
    expect(chooseMode({ installation: demo, credential: noCredentials })).toEqual(demo)
    expect(chooseMode({ installation: real, credential: noCredentials })).toEqual(real)
    expect(chooseMode({ installation: real, credential: credentials })).toEqual(real)
  })
  test('of a demo refuses real credentials and tells the way out', () => {
    expect(() => chooseMode({ installation: demo, credential: credentials })).toThrow(
      /EASYPARCEL_API_KEY is set.*demo:clear/,
    )
  })
  test('is not turned into the other kind by JEJAK_DEMO', () => {
    expect(() => chooseMode({ installation: demo, asked: false, credential: noCredentials })).toThrow(
      'belongs to a demo',
    )
    expect(() => chooseMode({ installation: real, asked: true, credential: noCredentials })).toThrow(
      'belongs to a real installation',
    )
  })
})
