import { isTerminal, substatusesOf, trackingStatuses } from '@jejak/contract'
import { describe, expect, test } from 'vitest'
import { classicCodes, classicWords, openApiCodes, supersededCodes } from './status-codes.ts'

const tables = { openApiCodes, classicCodes, supersededCodes }

describe('the code tables', () => {
  test.each(Object.entries(tables))('%s has each code once, each with the page it comes from', (_, lines) => {
    expect(new Set(lines.map((line) => line.code)).size).toBe(lines.length)
    expect(lines.every((line) => line.source.length > 10 && trackingStatuses.includes(line.status))).toBe(true)
  })

  test('the current table has exactly the documented codes, and 0 is one of them', () => {
    expect(openApiCodes.map((line) => line.code)).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 11])
  })

  test('only cancelled, delivered and returned end a parcel by code, and no classic code does', () => {
    const ending = openApiCodes.filter((line) => isTerminal(line.status)).map((line) => line.code)
    expect(ending).toEqual([0, 5, 6])
    expect(classicCodes.some((line) => isTerminal(line.status))).toBe(false)
  })

  test('a text may never turn a living code into an ending', () => {
    const living = openApiCodes.filter((line) => !isTerminal(line.status))
    expect(living.flatMap((line) => line.refinesTo).filter(isTerminal)).toEqual([])
  })

  test('a substatus belongs to the status it stands beside', () => {
    for (const { status, substatus } of [...openApiCodes, ...classicCodes, ...classicWords]) {
      if (substatus) expect(substatusesOf[status]).toContain(substatus)
    }
  })
})
