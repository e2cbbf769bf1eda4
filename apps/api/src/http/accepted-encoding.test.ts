import { expect, test } from 'vitest'
import { acceptedEncoding } from './accepted-encoding.ts'

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['br;q=0.5, gzip;q=1', 'br'],
  ['gzip, br;q=0', 'gzip'],
  ['gzip;q=0.0, br;q=0.000', null],
  ['gzip;q=0.001', 'gzip'],
  ['identity', null],
  ['brotli', null],
  ['', null],
  [undefined, null],
])('of “%s” we send %s', (header, encoding) => {
  expect(acceptedEncoding(header)).toBe(encoding)
})
