import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runCommand } from './run-command.ts'

const here = { user: undefined, timeoutMs: 30_000 }
const module = new URL('./run-command.ts', import.meta.url).href

test('a program tells its exit code and its words, and is cut off when it takes too long', async () => {
  const program = ['-e', 'console.log("word"); process.exit(3)']
  expect(await runCommand([process.execPath, ...program], here)).toEqual({ code: 3, output: 'word\n' })
  const endless = ['-e', 'setInterval(() => {}, 1000)']
  expect(await runCommand([process.execPath, ...endless], { ...here, timeoutMs: 50 })).toMatchObject({ code: null })
})

test('a program that cannot be started is told, and no one waits for it until its time is over', () => {
  const script = `import { runCommand } from '${module}'
    const { code } = await runCommand(['/nowhere/postgres'], { user: undefined, timeoutMs: 30_000 })
    console.log(code)`
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000, encoding: 'utf8' })
  expect(ran).toMatchObject({ status: 0, stdout: 'null\n' })
})
