import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { findWidgetFile } from './widget-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'jejak-widget-'))
afterAll(() => rmSync(folder, { recursive: true }))

const widget = (name: string, packed?: Buffer) => {
  const path = join(folder, name)
  writeFileSync(path, 'the widget')
  if (packed) writeFileSync(`${path}.gz`, packed)
  return findWidgetFile(pathToFileURL(path))!
}

test('a widget travels as its build has packed it', () => {
  const packed = gzipSync('the widget', { level: 1 })
  expect(widget('packed.js', packed).gzip).toEqual(packed)
})

test.each([
  ['nothing', undefined],
  ['an older build', gzipSync('the older widget')],
  ['a broken file', Buffer.from('no gzip')],
])('and is packed again where %s is beside it', (name, packed) => {
  expect(gunzipSync(widget(`${name}.js`, packed).gzip).toString()).toBe('the widget')
})

test('no file is no widget', () => {
  expect(findWidgetFile(pathToFileURL(join(folder, 'none.js')))).toBeNull()
})
