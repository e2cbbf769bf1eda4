import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { explainFailure } from './explain-failure.mjs'
import { runCommand } from './run-command.mjs'
import { toolEnvironment } from './set-up.mjs'
import { withLock } from './with-lock.mjs'

describe('a failed step is explained in one sentence', () => {
  test.each([
    ['npm error code ENOTFOUND', 'the npm registry cannot be reached'],
    ['request to https://registry failed, reason: connect ECONNREFUSED', 'the npm registry cannot be reached'],
    ['ENOSPC: no space left on device', 'the disk is full'],
    ['EACCES: permission denied, mkdir node_modules', 'not writable'],
    ['ERR_PNPM_OUTDATED_LOCKFILE Cannot install', 'pnpm-lock.yaml does not match'],
  ])('%s', (line, reason) => {
    const sentence = explainFailure('The packages could not be installed', ['fetching', line, 'npm error done'])
    expect(sentence).toMatch(/^The packages could not be installed: .*\.$/)
    expect(sentence).toContain(reason)
  })

  test('an unknown failure ends with what the tool said last', () => {
    expect(explainFailure('It failed', ['a', 'the last word'])).toBe('It failed: the last word.')
  })
})

describe('two starts at once', () => {
  let folder = ''
  let lock = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jejak-lock-'))
    lock = join(folder, '.set-up.lock')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('the second one waits for the first and says so', async () => {
    const order: string[] = []
    const first = Promise.withResolvers<void>()
    const said = Promise.withResolvers<void>()
    const one = withLock(lock, { say: () => {} }, async () => {
      await first.promise
      order.push('first')
    })
    const two = withLock(lock, { say: () => said.resolve() }, async () => void order.push('second'))
    await said.promise
    first.resolve()
    await Promise.all([one, two])
    expect(order).toEqual(['first', 'second'])
    expect(existsSync(lock)).toBe(false)
  })

  test('a lock left by a dead process is taken over', async () => {
    const dead = 2 ** 22 + 1
    writeFileSync(lock, String(dead))
    expect(await withLock(lock, { say: () => {} }, async () => 'done')).toBe('done')
  })
})

describe('commands', () => {
  test('exit codes are kept, and a signal becomes 128 + its number', async () => {
    expect(await runCommand(process.execPath, ['-e', 'process.exit(7)'], { stdio: 'ignore' })).toBe(7)
    expect(
      await runCommand(process.execPath, ['-e', 'process.kill(process.pid, "SIGTERM")'], { stdio: 'ignore' }),
    ).toBe(143)
  })

  test('a command that does not exist answers 127', async () => {
    expect(await runCommand('jejak-no-such-command', [], { stdio: 'ignore' })).toBe(127)
  })

  test('output comes line by line, the unfinished last one too', async () => {
    const lines: string[] = []
    const script = 'process.stdout.write("one\\ntwo\\nthree")'
    await runCommand(process.execPath, ['-e', script], { onLine: (line: string) => lines.push(line) })
    expect(lines).toEqual(['one', 'two', 'three'])
  })
})

test('a production shell or npm’s own settings do not narrow the installation', () => {
  const env = toolEnvironment({
    NODE_ENV: 'production',
    npm_config_omit: 'dev',
    npm_config_cafile: '/ca.pem',
    PATH: '/bin',
  })
  expect(env).not.toHaveProperty('NODE_ENV')
  expect(env).not.toHaveProperty('npm_config_omit')
  expect(env).toMatchObject({ npm_config_cafile: '/ca.pem' })
  expect(env.PATH).toMatch(/node_modules.*node_modules.*\/bin$/)
})
