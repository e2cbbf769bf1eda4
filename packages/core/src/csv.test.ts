import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

test('a courier with a comma, quotes or a formula in its name stays one cell of text', () => {
  const rows = [
    { courier: 'Poslaju, "national"', calls: 1.5 },
    { courier: '=HYPERLINK("x")', calls: 2 },
    { courier: null, calls: 0 },
  ]
  expect(csvOf(['courier', 'calls'], rows)).toBe(
    'courier,calls\r\n"Poslaju, ""national""",1.5\r\n"\'=HYPERLINK(""x"")",2\r\n,0\r\n',
  )
})
