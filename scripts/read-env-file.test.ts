import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { listVariables } from '../packages/config/src/config.ts'
import { exposedSecrets, readEnvFile } from './read-env-file.mjs'

const folder = mkdtempSync(join(tmpdir(), 'jejak-env-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['as any editor writes it', 'SECRET_KEY=abc\n# why\nPORT="3000"\n'],
  ['saved by Notepad, with a mark before the first name', '\uFEFFSECRET_KEY=abc\r\nPORT=3000\r\n'],
  ['with the line ends of an old Mac', 'SECRET_KEY=abc\rPORT=3000\r'],
])('a .env file %s is read', (_, text) => {
  const file = join(folder, '.env')
  writeFileSync(file, text)
  expect(readEnvFile(file)).toEqual({ SECRET_KEY: 'abc', PORT: '3000' })
})

test('a .env file that is saved as UTF-16 is named for what it is', () => {
  const file = join(folder, 'utf16.env')
  const text = Buffer.from('\uFEFFSECRET_KEY=abc\n', 'utf16le')
  for (const bytes of [text, text.subarray(2), Buffer.from(text).swap16(), Buffer.from(text).swap16().subarray(2)]) {
    writeFileSync(file, bytes)
    expect(() => readEnvFile(file)).toThrow(expect.objectContaining({ sentence: expect.stringContaining('UTF-16') }))
  }
})

test('no .env file is no settings', () => {
  expect(readEnvFile(join(folder, 'none'))).toEqual({})
})

test('a .env file with any secret in it is warned of while others can read it', () => {
  const file = join(folder, 'open.env')
  for (const { name, secret } of listVariables()) {
    writeFileSync(file, `${name}=abc\n`)
    chmodSync(file, 0o644)
    expect(exposedSecrets(file, readEnvFile(file)), name).toEqual(
      secret ? expect.stringContaining('chmod 600') : undefined,
    )
    chmodSync(file, 0o600)
    expect(exposedSecrets(file, readEnvFile(file))).toBeUndefined()
  }
  expect(exposedSecrets(join(folder, 'none'), {})).toBeUndefined()
})
