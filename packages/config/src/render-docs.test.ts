import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { listVariables, loadConfig } from './config.ts'
import { renderEnvExample, renderMarkdown } from './render-docs.ts'

const SECRET_KEY = 'a random text of thirty-two bytes or more'

test('an environment file made from the whole example gives the same settings as none at all', () => {
  const uncommented = renderEnvExample(listVariables()).replace(/^#(?=[A-Z_]+=)/gm, '')
  const env = parseEnv(uncommented)
  expect(Object.keys(env)).toHaveLength(listVariables().length)
  expect(JSON.stringify(loadConfig({ ...env, SECRET_KEY }))).toBe(JSON.stringify(loadConfig({ SECRET_KEY })))
})

test('the page about settings names each variable with its meaning and its default', () => {
  const page = renderMarkdown(listVariables())
  for (const { name, meaning } of listVariables()) {
    expect(page.split('\n').filter((line) => line.startsWith(`| \`${name}\` | ${meaning}`))).toHaveLength(1)
  }
  expect(page).toContain('| A number of minutes from 0.001 to 43200 | `120` |')
})
