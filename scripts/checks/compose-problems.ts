export type Service = {
  image?: string
  build?: string | { dockerfile_inline?: string }
  user?: string
  command?: string[]
  restart?: string
  read_only?: boolean
  cap_drop?: string[]
  environment?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  depends_on?: Record<string, { condition?: string }>
  healthcheck?: { test?: string[]; interval?: string; timeout?: string; retries?: number; disable?: boolean }
  logging?: { options?: Record<string, string> }
  deploy?: { resources?: { limits?: { cpus?: string; memory?: string } } }
}
export type Compose = { services?: Record<string, Service> }

type Rule = { readonly problem: string; readonly isBroken: (service: Service, name: string) => boolean }

const isPinned = (image: string) => /:[\w.-]*\d[\w.-]*$/.test(image)
const isOneShot = ({ restart }: Service) => restart === 'no'
const lacksHealthCheck = ({ healthcheck: check }: Service) =>
  !(check?.test?.length && check.interval && check.timeout && check.retries)
const runsAsRoot = ({ user }: Service) => user === undefined || /^(root|0)(:|$)/.test(user)
const limits = ({ deploy }: Service) => deploy?.resources?.limits

const serviceRules: readonly Rule[] = [
  { problem: 'has no image with a pinned tag', isBroken: ({ image }) => !isPinned(image ?? '') },
  { problem: 'runs as root', isBroken: runsAsRoot },
  { problem: 'has a writable root file system', isBroken: ({ read_only }) => read_only !== true },
  { problem: 'keeps Linux capabilities', isBroken: ({ cap_drop }) => !cap_drop?.includes('ALL') },
  { problem: 'has no complete health check', isBroken: (service) => !isOneShot(service) && lacksHealthCheck(service) },
  { problem: 'has no restart policy', isBroken: ({ restart }) => restart === undefined },
  {
    problem: 'has no limit of memory and CPU',
    isBroken: (service) => !(limits(service)?.cpus && limits(service)?.memory),
  },
  {
    problem: 'keeps its log for ever',
    isBroken: ({ logging }) => !(logging?.options?.['max-size'] && logging.options['max-file']),
  },
  {
    problem: 'publishes a port; only the proxy does',
    isBroken: ({ ports }, name) => name !== 'proxy' && ports !== undefined,
  },
  {
    problem: 'has a secret written out; take it from the env file',
    isBroken: ({ environment }) =>
      Object.entries(environment ?? {}).some(
        ([key, value]) => /PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL/.test(key) && !/\$\{\w+:\?/.test(value),
      ),
  },
]

type Surroundings = { readonly variables: ReadonlySet<string>; readonly fileExists: (path: string) => boolean }

/** What is wrong with a parsed docker-compose.yml, one sentence each; reads nothing itself. */
export function composeProblems({ services = {} }: Compose, { variables, fileExists }: Surroundings): string[] {
  const missing = ['database', 'migrate', 'api', 'worker', 'proxy'].filter((name) => !services[name])
  const perService = Object.entries(services).flatMap(([name, service]) => [
    ...serviceRules.filter(({ isBroken }) => isBroken(service, name)).map(({ problem }) => `${name} ${problem}`),
    ...missingFiles(service, fileExists).map((file) => `${name} runs ${file}, which does not exist`),
    ...missingMounts(service, fileExists).map((file) => `${name} mounts ${file}, which does not exist`),
    ...unknownNames(service, variables).map((key) => `${name} sets ${key}, which packages/config does not know`),
  ])
  return [
    ...missing.map((name) => `the service ${name} is missing`),
    ...perService,
    ...brokenOrder(services),
    ...superusers(services),
  ]
}

const missingFiles = ({ command, healthcheck }: Service, fileExists: Surroundings['fileExists']) =>
  [...(command ?? []), ...(healthcheck?.test ?? [])].filter((part) => /\.(ts|mjs)$/.test(part) && !fileExists(part))

const unknownNames = ({ image, environment }: Service, variables: ReadonlySet<string>) =>
  image?.startsWith('jejak:') ? Object.keys(environment ?? {}).filter((key) => !variables.has(key)) : []

const missingMounts = ({ volumes }: Service, fileExists: Surroundings['fileExists']) =>
  (volumes ?? []).flatMap((volume) => /^\.\/([^:]+):/.exec(volume)?.[1] ?? []).filter((path) => !fileExists(path))

/** Who gets SQL of a superuser runs programs on the database's machine. */
const superusers = ({ database, ...others }: Record<string, Service>) => {
  const superuser = database?.environment?.POSTGRES_USER ?? 'postgres'
  return Object.entries(others)
    .filter(([, { environment }]) =>
      Object.values(environment ?? {}).some((value) => /^postgres(ql)?:\/\/([^:@/]*)/.exec(value)?.[2] === superuser),
    )
    .map(([name]) => `${name} connects as ${superuser}, the superuser of the database`)
}

const brokenOrder = (services: Record<string, Service>) =>
  ['api', 'worker']
    .filter((name) => services[name]?.depends_on?.migrate?.condition !== 'service_completed_successfully')
    .map((name) => `${name} does not wait for the migrations`)

/** The same for the ports that must agree: what the API listens on, its health check, the proxy's target. */
export function portProblems({ services = {} }: Compose, caddyfile: string): string[] {
  const port = services.api?.environment?.PORT ?? ''
  const workerPort = services.worker?.environment?.WORKER_HEALTH_PORT ?? ''
  const checks = (name: string, needle: string) =>
    services[name]?.healthcheck?.test?.some((part) => part.includes(needle))
  return [
    ...(checks('api', `127.0.0.1:${port}/`) ? [] : [`the health check of api does not ask port ${port}`]),
    ...(checks('worker', `127.0.0.1:${workerPort}/`)
      ? []
      : [`the health check of worker does not ask port ${workerPort}`]),
    ...(caddyfile.includes(`reverse_proxy api:${port}\n`) ? [] : [`the Caddyfile does not lead to api:${port}`]),
  ]
}

/** And for the Dockerfile: pinned bases, an ordinary user at the end, a health check, commands that exist. */
export function dockerfileProblems(text: string, fileExists: Surroundings['fileExists']): string[] {
  const lines = text.split('\n')
  const bases = lines.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? [])
  const user = lines.findLast((line) => line.startsWith('USER '))?.slice('USER '.length)
  const files = lines.filter((line) => /CMD \[/.test(line)).flatMap((line) => line.match(/[\w./-]+\.(ts|mjs)/g) ?? [])
  return [
    ...bases.filter((base) => !isPinned(base)).map((base) => `the base image ${base} has no pinned tag`),
    ...(runsAsRoot(user === undefined ? {} : { user }) ? ['the image runs as root'] : []),
    ...(lines.some((line) => line.startsWith('HEALTHCHECK ')) ? [] : ['the image has no health check']),
    ...files.filter((file) => !fileExists(file)).map((file) => `the image runs ${file}, which does not exist`),
  ]
}
