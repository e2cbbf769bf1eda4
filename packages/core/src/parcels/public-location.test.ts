import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { malaysianPlaces } from './malaysian-places.ts'
import { publicLocation } from './public-location.ts'

const names = new Set(malaysianPlaces.map(({ name }) => name))
const spellings = malaysianPlaces.flatMap(({ name, aliases }) => [name, ...aliases])
const fold = (spelling: string) => spelling.toLowerCase().replace(/[^a-z0-9]+/g, ' ')

describe('the place a guest may see', () => {
  test.each([
    ['Kuala Lumpur Hub, Kuala Lumpur, MY', 'Kuala Lumpur'],
    ['PUCHONG', 'Puchong'],
    ['shah alam dc 2', 'Shah Alam'],
    ['J&T_BUKIT RAJA_GATEWAY', 'Bukit Raja'],
    ['KL', 'Kuala Lumpur'],
    ['JB', 'Johor Bahru'],
    ['PJ Hub', 'Petaling Jaya'],
    ['KLIA Cargo', 'KLIA'],
    ['Bayan Lepas, Pulau Pinang', 'Bayan Lepas'],
    ['Nilai, Negeri Sembilan', 'Nilai'],
    ['Sg. Petani', 'Sungai Petani'],
    ['Malacca', 'Melaka'],
    ['Kuala Selangor', 'Kuala Selangor'],
  ])('%s is shown as %s', (location, shown) => {
    expect(publicLocation(location)).toBe(shown)
  })

  test.each([
    ['a name', 'Siti Nurhaliza 012-345 6789'],
    ['a name that is also a town', 'Attn: Mr Yong Peng'],
    ['a name with bin', 'Ahmad bin Muar'],
    ['a phone number', '+60 12-345 6789'],
    ['a street named after a town', 'No 5, Jalan Ipoh'],
    ['a place abroad', 'Leipzig, Germany'],
    ['part of a longer word', 'Klangton'],
    ['nothing', ''],
    ['no location', null],
  ])('%s is not shown', (_what, location) => {
    expect(publicLocation(location)).toBeNull()
  })

  test('the street is passed over and the town shown', () => {
    expect(publicLocation('12 Jalan Kuala Lumpur, Ipoh')).toBe('Ipoh')
  })

  test('whatever a courier writes, only a name from the list comes out', () => {
    const words = fc.oneof(
      fc.string(),
      fc.constantFrom(...spellings),
      fc.constantFrom('Jalan', 'Ali', 'bin', '012-3456789'),
    )
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), fc.constantFrom(' ', ', ', '/', '-'), (parts, glue) => {
        const shown = publicLocation(parts.join(glue))
        if (shown !== null) expect(names).toContain(shown)
      }),
      { numRuns: 1000 },
    )
  })

  test('every spelling on the list leads to its own name, in any case', () => {
    for (const { name, aliases } of malaysianPlaces)
      for (const spelling of [name, ...aliases]) {
        expect(publicLocation(spelling.toUpperCase())).toBe(name)
        expect(publicLocation(`${spelling.toLowerCase()} sorting hub`)).toBe(name)
      }
  })
})

describe('the list of places', () => {
  test('knows every state and at least 350 names', () => {
    expect(malaysianPlaces.filter(({ isTown }) => !isTown)).toHaveLength(16)
    expect(names.size).toBeGreaterThanOrEqual(350)
  })

  test('no spelling stands for two places', () => {
    const folded = spellings.map(fold)
    expect(folded.filter((spelling, index) => folded.indexOf(spelling) !== index)).toEqual([])
  })
})
