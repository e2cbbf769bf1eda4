import { expect, test } from 'vitest'
import { citedPaths } from './doc-paths.ts'

test('a path in backticks is cited, without its line number', () => {
  expect(citedPaths('README.md', 'see `packages/core/src/a.ts:12` and `docs/x.md#part`')).toEqual([
    'packages/core/src/a.ts',
    'docs/x.md',
  ])
})

test('a relative link counts from the folder of its document', () => {
  expect(citedPaths('docs/guide.md', '[set-up](../CONTRIBUTING.md#set-up) [up](runbooks/a.md)')).toEqual([
    'CONTRIBUTING.md',
    'docs/runbooks/a.md',
  ])
})

test('patterns, web addresses, anchors and commands are no paths', () => {
  const text =
    '`packages/*/src` `docs/<name>.md` [a](https://example.com) [b](#here) `pnpm verify` `packages/db/src/generated/x`'
  expect(citedPaths('README.md', text)).toEqual([])
})
