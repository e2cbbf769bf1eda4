import { describe, expect, test } from 'vitest'
import { chooseMode } from './choose-mode.ts'

const noCredentials = undefined
const credentials = 'EASYPARCEL_API_KEY'
const demo = { isDemo: true }
const real = { isDemo: false }

describe('an empty database', () => {
  test('becomes a demo without EasyParcel credentials', () => {
    expect(chooseMode(null, undefined, noCredentials)).toEqual(demo)
  })
  test('becomes a real installation with them, or when JEJAK_DEMO says so', () => {
    expect(chooseMode(null, undefined, credentials)).toEqual(real)
    expect(chooseMode(null, false, noCredentials)).toEqual(real)
  })
  test('refuses a demo with real credentials', () => {
    expect(() => chooseMode(null, true, credentials)).toThrow('JEJAK_DEMO asks for a demo, and a demo refuses real')
  })
})

describe('a database that has been used', () => {
  test('stays what it was', () => {
    expect(chooseMode(demo, undefined, noCredentials)).toEqual(demo)
    expect(chooseMode(real, undefined, noCredentials)).toEqual(real)
    expect(chooseMode(real, undefined, credentials)).toEqual(real)
  })
  test('of a demo refuses real credentials and tells the way out', () => {
    expect(() => chooseMode(demo, undefined, credentials)).toThrow(/EASYPARCEL_API_KEY is set.*demo:clear/)
  })
  test('is not turned into the other kind by JEJAK_DEMO', () => {
    expect(() => chooseMode(demo, false, noCredentials)).toThrow('belongs to a demo')
    expect(() => chooseMode(real, true, noCredentials)).toThrow('belongs to a real installation')
  })
})
