import { describe, expect, test } from 'vitest'
import { readFaultList, rollFaults } from './fault-dice.ts'
import { failures, faultNames, faults } from './faults.ts'

const run = (seed: string, calls = 500) => {
  const dice = rollFaults(seed, { all: 0.05 })
  return Array.from({ length: calls }, () => dice.rollCall())
}

describe('fault dice', () => {
  test('a run repeats with its seed and differs with another', () => {
    expect(run('a')).toEqual(run('a'))
    expect(run('a')).not.toEqual(run('b'))
  })

  test('with every fault at 5 % about half of the calls fail, as the README says', () => {
    const share = run('a', 4_000).filter((fate) => fate.failure).length / 4_000
    expect(share).toBeGreaterThan(0.5)
    expect(share).toBeLessThan(0.58)
    expect(1 - 0.95 ** failures.length).toBeCloseTo(0.537, 2)
  })

  test('every call-level fault and oddity comes up under "all", none of the token endpoint’s, and none that is aimed', () => {
    const seen = new Set<string>(
      run('a', 4_000).flatMap((fate) => [fate.failure ?? '', ...fate.oddities, fate.isSlow ? 'slow' : '']),
    )
    expect(faultNames.filter((name) => !seen.has(name)).map((name) => faults[name].kind)).toEqual(
      faultNames.map((name) => faults[name].kind).filter((kind) => kind === 'aimed' || kind === 'token'),
    )
    const dice = rollFaults('a', { all: 1 })
    expect(dice.rollToken().size).toBe(0)
  })

  test('a forced fault hits the next calls as often as asked, then no more', () => {
    const dice = rollFaults('a', {})
    dice.force({ name: 'unauthorised', times: 2, variant: 'c' })
    const fates = [dice.rollCall(), dice.rollCall(), dice.rollCall()]
    expect(fates.map((fate) => fate.failure)).toEqual(['unauthorised', 'unauthorised', undefined])
    expect(fates[0]!.variant).toBe('c')
  })

  test('a named probability overrides "all"', () => {
    const dice = rollFaults('a', { all: 1, slow: 0 })
    expect(dice.rollCall()).toMatchObject({ isSlow: false, failure: '429_json' })
  })

  test('fault lists are read in both spellings', () => {
    expect(readFaultList('all=0.05, slow=0')).toEqual({ all: 0.05, slow: 0 })
    expect(readFaultList('{"html_403":1}')).toEqual({ html_403: 1 })
    expect(readFaultList('slow')).toEqual({ slow: Number.NaN })
  })
})
