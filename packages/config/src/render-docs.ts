import type { ListedVariable } from './config.ts'

const TITLES: Record<string, string> = {
  http: 'API',
  live: 'Live updates',
  limits: 'Limits',
  data: 'Data folder',
  database: 'Database',
  keys: 'Keys',
  log: 'Log',
  simulator: 'Simulator (demo only)',
  worker: 'Worker',
  cron: 'Ticks',
  tracking: 'Checking parcels',
  sync: 'Account sync',
  access: 'Users and sessions',
  customers: 'What customers may do',
  retention: 'Retention',
  easyparcel: 'EasyParcel',
  demo: 'Demo',
}

const byGroup = (variables: readonly ListedVariable[]) =>
  [...Map.groupBy(variables, ({ group }) => group)].map(([group, members]) => ({
    title: TITLES[group] ?? group,
    members,
  }))

const shownDefault = ({ default: fallback }: ListedVariable): string =>
  typeof fallback === 'object' ? fallback.shown : (fallback ?? '')

const code = (text: string) => (text === '' ? '' : `\`${text}\``)
const cell = (text: string) => text.replaceAll('|', '\\|')
const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const meaningOf = ({ meaning, formerly, ofShop }: ListedVariable): string =>
  [
    meaning,
    ...(formerly ? [`Its old name ${formerly} is still read.`] : []),
    ...(ofShop ? ['Each shop may have its own.'] : []),
  ].join(' ')

const row = (variable: ListedVariable): string => {
  const { name, kind, secret } = variable
  const shown = typeof variable.default === 'object' ? shownDefault(variable) : code(shownDefault(variable))
  const cells = [code(name), meaningOf(variable), `${sentence(kind.is)}${secret ? '; secret' : ''}`, shown]
  return `| ${cells.map(cell).join(' | ')} |`
}

/** `docs/configuration.md`: one table a group. */
export const renderMarkdown = (variables: readonly ListedVariable[]): string => {
  const tables = byGroup(variables).map(({ title, members }) =>
    [
      `## ${title}`,
      '',
      '| Variable | Meaning | Value | Default |',
      '| --- | --- | --- | --- |',
      ...members.map(row),
    ].join('\n'),
  )
  return `# Configuration

Every setting is an environment variable, read once at the start. An empty variable counts as absent. A start with wrong
settings ends with one line per problem. Units are as stated; numbers may have decimals unless a whole number is asked for.
Where each shop may have its own, this is the default, and shops change it while everything runs: [settings.md](settings.md).

This page is generated from \`packages/config/src/variables.ts\` by \`pnpm --filter @jejak/config docs\`.

${tables.join('\n\n')}
`
}

const example = (variable: ListedVariable): string => {
  const { name, kind, secret } = variable
  const value = typeof variable.default === 'string' ? variable.default : ''
  const quoted = /[\s*#]/.test(value) ? `"${value}"` : value
  return `# ${meaningOf(variable)}\n# ${sentence(kind.is)}${secret ? '; secret' : ''}.\n#${name}=${quoted}`
}

/** `.env.example`: every variable commented out at its default. */
export const renderEnvExample = (variables: readonly ListedVariable[]): string => {
  const groups = byGroup(variables).map(
    ({ title, members }) => `# == ${title} ==\n\n${members.map(example).join('\n\n')}`,
  )
  return `# Generated from packages/config/src/variables.ts; see docs/configuration.md. Take away the # to set a variable.\n\n${groups.join('\n\n')}\n`
}
