import { expect, test } from 'vitest'
import { hashPassword, isPassword, newPassword, takePlace, weaknessOf } from './passwords.ts'

test('the right password is known again however its letters were typed, a wrong one and one of no account are not', async () => {
  const stored = await hashPassword('kopi-ö-susu-12')
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(await isPassword('kopi-o\u0308-susu-12', stored)).toBe(true)
  expect(await isPassword('kopi-o-susu-12', stored)).toBe(false)
  expect(await isPassword('kopi-ö-susu-12', null)).toBe(false)
  expect(await hashPassword('kopi-ö-susu-12')).not.toBe(stored)
})

test('strangers never fill the queue for those who signed in from their address before, and no address fills it alone', () => {
  const take = (address: string, isStranger = true) => takePlace({ address, isStranger })
  const flood = Array.from({ length: 200 }, (_, place) => take(`198.51.100.${place % 8}`))
  const leave = flood.filter((one) => one !== undefined)
  expect(leave).toHaveLength(50)
  expect(take('203.0.113.1')).toBeUndefined()
  const known = Array.from({ length: 30 }, () => take('192.0.2.1', false)).filter((one) => one !== undefined)
  expect(known).toHaveLength(10)
  for (const one of [...leave, ...known]) one()
  const alone = Array.from({ length: 20 }, () => take('198.51.100.1')).filter((one) => one !== undefined)
  expect(alone).toHaveLength(10)
  for (const one of alone) one()
})

test.each([
  ['short', 'Choose at least 10 characters.'],
  ['x'.repeat(201), 'Choose at most 200 characters.'],
  ['Password123!', 'This password is easy to guess. Choose another one.'],
  ['aaaaaaaaaabb', 'This password is easy to guess. Choose another one.'],
  ['siti.aminah-1', 'This password is easy to guess. Choose another one.'],
  ['three cups of teh tarik', null],
])('of the password %j is said: %s', (password, weakness) => {
  expect(weaknessOf(password, 'Siti.Aminah@kedai.example')).toBe(weakness)
})

test('passwords that Jejak makes are good ones, and no two are alike', () => {
  const made = Array.from({ length: 100 }, newPassword)
  expect(new Set(made).size).toBe(100)
  for (const password of made) {
    expect(password).toMatch(/^(?:[\da-zA]{5}-){3}[\da-zA]{5}$/)
    expect(weaknessOf(password, 'a@b.example')).toBeNull()
  }
})
