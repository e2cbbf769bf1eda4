import { expect, test } from 'vitest'
import { isRoleRefused } from './session-as.ts'

test('a role that is not there or may not be taken means that the fence is not there yet, any other missing right does not', () => {
  expect(isRoleRefused({ code: '22023', message: 'role "jejak_shop" does not exist' })).toBe(true)
  expect(isRoleRefused({ code: '42501', message: 'permission denied to set role "jejak_lookup"' })).toBe(true)
  expect(isRoleRefused({ code: '42501', message: 'permission denied for table users' })).toBe(false)
  expect(isRoleRefused({ message: 'jejak_shop' })).toBe(false)
})
