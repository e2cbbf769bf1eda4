import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { citedPaths } from './doc-paths.ts'

// The changelog tells of the past; every other document describes what is.
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  encoding: 'utf8',
})
const documents = listed.split('\n').filter((file) => file !== '' && file !== 'CHANGELOG.md' && existsSync(file))
const missing = documents.flatMap((document) =>
  citedPaths(document, readFileSync(document, 'utf8'))
    .filter((path) => !existsSync(path))
    .map((path) => `${document} cites ${path}, which does not exist`),
)

for (const line of missing) console.error(line)
console.log(`${documents.length} documents checked, ${missing.length} paths missing`)
process.exitCode = missing.length > 0 ? 1 : 0
