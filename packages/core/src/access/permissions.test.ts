import { apiScopes, type shopRoles } from '@jejak/db'
import { expect, test } from 'vitest'
import { grants, permissions, permissionsOfKey, permissionsOfUser } from './permissions.ts'

const may = (role: (typeof shopRoles)[number] | null, isOperator = false) => permissionsOfUser({ role, isOperator })

test('an owner may do everything in the shop, and nothing with the installation', () => {
  expect([...may('owner')]).toEqual(permissions.filter((name) => grants[name].roles.length > 0))
  expect([...may(null, true)]).toEqual(permissions.filter((name) => 'isOfOperators' in grants[name]))
  expect(permissions.filter((name) => may('owner').has(name) && may(null, true).has(name))).toEqual(['me:read'])
  expect([...may('owner', true)]).toEqual(permissions)
  expect([...may(null)]).toEqual([])
})

test.each([
  ['admin', 'shop:change', true],
  ['dispatcher', 'parcels:delete', true],
  ['dispatcher', 'shop:change', false],
  ['support', 'parcels:write', true],
  ['support', 'parcels:delete', false],
  ['biller', 'parcels:read', true],
  ['biller', 'attention:settle', false],
  ['viewer', 'overview:read', true],
  ['viewer', 'parcels:write', false],
] as const)('the role %s: %s is %s', (role, permission, expected) => {
  expect(may(role).has(permission)).toBe(expected)
})

test('every permission is in some scope of a key but those over people, keys and EasyParcel accounts, and every scope gives some', () => {
  const ofUsersOnly = ['connections:change', 'team:change', 'keys:change']
  expect([...permissionsOfKey(apiScopes)]).toEqual(permissions.filter((name) => !ofUsersOnly.includes(name)))
  for (const scope of apiScopes) expect(permissionsOfKey([scope]).size).toBeGreaterThan(0)
})
