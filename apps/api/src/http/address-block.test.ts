import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressBlock, bareAddress, createNetworks } from './address-block.ts'

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['0:0:0:0:0:FFFF:203.0.113.7', '203.0.113.7'],
  ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
  ['203.0.113.7:4711', '203.0.113.7'],
  ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:3:4:5:6:443', '2001:db8:1:2::/64'],
  ['1:2:3:4::', '1:2:3:4::/64'],
])('%s counts as %s', (ip, block) => expect(addressBlock(ip)).toBe(block))

test('addresses of one /64 count as one, those of another do not', () => {
  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16))
  const groups = (amount: number) => fc.array(group, { minLength: amount, maxLength: amount })
  fc.assert(
    fc.property(groups(4), groups(4), groups(4), (prefix, one, other) => {
      const block = addressBlock([...prefix, ...one].join(':'))
      expect(addressBlock([...prefix, ...other].join(':'))).toBe(block)
      const next = [...prefix.slice(0, 3), (Number.parseInt(prefix[3]!, 16) ^ 1).toString(16)]
      expect(addressBlock([...next, ...one].join(':'))).not.toBe(block)
    }),
  )
})

test.each([
  'unknown',
  '_hidden',
  '',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  ':443',
  '[]',
  '[::1',
  '1.2.3.4:x',
  'a'.repeat(9_000),
])('%s is no address', (text) => expect(bareAddress(text)).toBeUndefined())

test('a proxy is known in whatever form its address is written', () => {
  const isProxy = createNetworks(['10.0.0.0/8', '2001:db8:7::/48', '203.0.113.9', 'loopback'])
  for (const proxy of [
    '10.2.3.4',
    '10.2.3.4:80',
    '::ffff:10.2.3.4',
    '[2001:db8:7:1::2]:80',
    '203.0.113.9',
    '127.0.0.1',
    '::1',
  ])
    expect(isProxy(proxy), proxy).toBe(true)
  for (const other of ['11.2.3.4', '2001:db8:8::1', '203.0.113.10', '::2', 'proxy', ''])
    expect(isProxy(other), other).toBe(false)
})
