import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { isRoleRefused, sessionAs } from './session-as.ts'

test('a role that is not there or may not be taken means that the fence is not there yet, any other missing right does not', () => {
  expect(isRoleRefused({ code: '22023', message: 'role "jejak_shop" does not exist' })).toBe(true)
  expect(isRoleRefused({ code: '42501', message: 'permission denied to set role "jejak_lookup"' })).toBe(true)
  expect(isRoleRefused({ code: '42501', message: 'permission denied for table users' })).toBe(false)
  expect(isRoleRefused({ message: 'jejak_shop' })).toBe(false)
})

test('a session that the database ends while it is checked is refused, and ends no process', async () => {
  const lost = new Error('terminating connection due to administrator command')
  const client = Object.assign(new EventEmitter(), {
    query: async () => {
      client.emit('error', lost)
      throw lost
    },
  })
  const refusal = await new Promise((resolve) =>
    sessionAs('worker', { isPooled: false }).verify!(client as never, resolve),
  )
  expect(refusal).toBe(lost)
  await Promise.resolve()
  expect(client.listenerCount('error')).toBe(0)
})
