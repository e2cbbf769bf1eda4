import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { listVariables } from '../../packages/config/src/config.ts'
import { type Compose, composeProblems, dockerfileProblems, portProblems } from './compose-problems.ts'

const compose: Compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true })
const variables = new Set(listVariables().map(({ name }) => name))
const problems = [
  ...composeProblems(compose, { variables, fileExists: existsSync }),
  ...portProblems(compose, readFileSync('Caddyfile', 'utf8')),
  ...dockerfileProblems(readFileSync('Dockerfile', 'utf8'), existsSync),
]

for (const problem of problems) console.error(problem)
console.log(`docker-compose.yml, Dockerfile and Caddyfile checked, ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0
