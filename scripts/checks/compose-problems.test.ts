import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Compose, composeProblems, dockerfileProblems, portProblems, type Service } from './compose-problems.ts'

const everythingExists = (path: string) => path !== 'gone.sql'
const variables = new Set([
  'DATABASE_URL',
  'SECRET_KEY',
  'PUBLIC_URL',
  'DATA_DIR',
  'HOST',
  'PORT',
  'TRUSTED_PROXIES',
  'WORKER_HEALTH_PORT',
  'WORKER_HEALTH_HOST',
])
const surroundings = { variables, fileExists: everythingExists }
const ours = (): Compose => parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true })
const withApi = (change: Service): Compose => {
  const compose = ours()
  return { services: { ...compose.services, api: { ...compose.services?.api, ...change } } }
}

test('the compose file of the repository has no problem', () => {
  expect(composeProblems(ours(), surroundings)).toEqual([])
  expect(portProblems(ours(), readFileSync('Caddyfile', 'utf8'))).toEqual([])
  expect(dockerfileProblems(readFileSync('Dockerfile', 'utf8'), everythingExists)).toEqual([])
})

describe('a mistake in the compose file is named', () => {
  test.each<[string, Service, string]>([
    ['an image that moves', { image: 'jejak:latest' }, 'api has no image with a pinned tag'],
    ['root', { user: 'root' }, 'api runs as root'],
    ['root by number', { user: '0:0' }, 'api runs as root'],
    ['a writable file system', { read_only: false }, 'api has a writable root file system'],
    ['no health check', { healthcheck: { disable: true } }, 'api has no complete health check'],
    ['no limits', { deploy: {} }, 'api has no limit of memory and CPU'],
    ['an endless log', { logging: {} }, 'api keeps its log for ever'],
    ['an open port', { ports: ['3000:3000'] }, 'api publishes a port; only the proxy does'],
    ['a password in the file', { environment: { SECRET_KEY: 'hunter2' } }, 'api has a secret written out'],
    ['a misspelt variable', { environment: { PROT: '3000' } }, 'api sets PROT, which packages/config does not know'],
    [
      'the superuser of the database',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how the compose file takes it from the env file
      { environment: { DATABASE_URL: 'postgres://jejak:${POSTGRES_PASSWORD:?}@database:5432/jejak' } },
      'api connects as jejak, the superuser of the database',
    ],
    [
      'a mount of a file that is gone',
      { volumes: ['./gone.sql:/gone.sql:ro'] },
      'api mounts gone.sql, which does not exist',
    ],
    ['no wait for migrations', { depends_on: {} }, 'api does not wait for the migrations'],
  ])('%s', (_mistake, change, sentence) => {
    expect(composeProblems(withApi(change), surroundings).join('\n')).toContain(sentence)
  })

  test('a command whose file is gone', () => {
    const fileExists = (path: string) => path !== 'apps/worker/src/main.ts'
    expect(composeProblems(ours(), { variables, fileExists })).toEqual([
      'worker runs apps/worker/src/main.ts, which does not exist',
    ])
  })

  test('a service that is missing', () => {
    const { worker: _, ...services } = ours().services ?? {}
    expect(composeProblems({ services }, surroundings)).toContain('the service worker is missing')
  })

  test('ports that do not agree', () => {
    const problems = portProblems(withApi({ environment: { PORT: '4000' } }), 'reverse_proxy api:3000\n')
    expect(problems).toEqual([
      'the health check of api does not ask port 4000',
      'the Caddyfile does not lead to api:4000',
    ])
  })
})

test('a Dockerfile without a tag, a user, a health check or its command is refused', () => {
  const problems = dockerfileProblems('FROM node\nCMD ["node", "gone.ts"]\n', () => false)
  expect(problems).toEqual([
    'the base image node has no pinned tag',
    'the image runs as root',
    'the image has no health check',
    'the image runs gone.ts, which does not exist',
  ])
})
