import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { listVariables } from './config.ts'
import { renderEnvExample, renderMarkdown } from './render-docs.ts'

// Run by hand and by verify: writes the documents, or with --check tells which ones are out of date.

const root = join(import.meta.dirname, '../../..')
const documents: Record<string, string> = {
  '.env.example': renderEnvExample(listVariables()),
  'docs/configuration.md': renderMarkdown(listVariables()),
}

const isCurrent = (path: string, text: string) => existsSync(path) && readFileSync(path, 'utf8') === text

for (const [name, text] of Object.entries(documents)) {
  const path = join(root, name)
  if (isCurrent(path, text)) continue
  if (process.argv.includes('--check')) {
    console.error(`${name} is out of date: run pnpm --filter @jejak/config docs`)
    process.exitCode = 1
  } else {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    console.log(`${name} written`)
  }
}
