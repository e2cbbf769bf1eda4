import { expect, test } from 'vitest'
import { createOwnStreams } from './own-streams.ts'

test('one person’s newest stream ends their oldest, and no one else’s; what is over makes place', () => {
  const ended: string[] = []
  const { open } = createOwnStreams(2)
  const start = (who: string, name: string) => open(who, () => ended.push(name))
  start('ravi', 'first')
  const isOver = start('ravi', 'second')
  start('siti', 'hers')
  expect(ended).toEqual([])
  start('ravi', 'third')
  expect(ended).toEqual(['first'])
  isOver()
  isOver()
  start('ravi', 'fourth')
  expect(ended).toEqual(['first'])
  start('ravi', 'fifth')
  expect(ended).toEqual(['first', 'third'])
})
