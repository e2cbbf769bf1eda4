import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { boundLog } from './bound-log.ts'

test('the log of a database that runs for months keeps its last lines and no more than two files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jejak-log-'))
  const path = join(folder, 'server.log')
  await writeFile(path, 'first\n')
  for (let round = 0; round < 3; round++) {
    await appendFile(path, `${'x'.repeat(100)} ${round}\n`)
    await boundLog(path, 100)
  }
  expect(await readFile(path, 'utf8')).toBe('')
  expect(await readFile(`${path}.old`, 'utf8')).toMatch(/^x{100} 2\n$/)
  await appendFile(path, 'next\n')
  await boundLog(path, 100)
  expect(await readFile(path, 'utf8')).toBe('next\n')
  await rm(folder, { recursive: true })
})
