import { ConfigError } from './config-error.ts'
import { contradictions } from './cross-checks.ts'
import { unknownVariables } from './unknown-variables.ts'
import { type Config, type Default, type Env, type ReadText, type Variable, variables } from './variables.ts'

export type ListedVariable = Variable<unknown> & { readonly group: string; readonly key: string }

/** All variables in the order in which they are documented. */
export const listVariables = (): ListedVariable[] =>
  Object.entries(variables).flatMap(([group, members]) =>
    Object.entries<Variable<unknown>>(members).map(([key, variable]) => ({ ...variable, group, key })),
  )

const given = (env: Env, { name, formerly = name }: Pick<ListedVariable, 'name' | 'formerly'>): string | undefined =>
  env[name]?.trim() || env[formerly]?.trim() || undefined

const textReader = (env: Env): ReadText => {
  const byName = new Map(listVariables().map((variable) => [variable.name, variable]))
  const read: ReadText = (name) => given(env, byName.get(name)!) ?? defaultText(byName.get(name)!.default ?? '', read)
  return read
}

const defaultText = (fallback: Default, read: ReadText): string =>
  typeof fallback === 'string' ? fallback : fallback.from(read)

type Outcome = { readonly value: unknown; readonly problem?: string }

/**
 * The beginning of a wrong value, too short to give away a secret: a damaged file may have put other settings, an address a password, a slip of
 * the hand a key into it.
 */
const shown = (text: string, isNumber: boolean): string => {
  const own = /^[^;,=:@\s\p{C}]{0,5}/u.exec(text)?.[0] ?? ''
  const start = isNumber ? (/^[-\d.]+/.exec(own)?.[0] ?? '') : own
  if (start === '') return ''
  return start === text ? `, but is ${JSON.stringify(text)}` : `, but begins with ${JSON.stringify(start)}`
}

/** A variable that is not set cannot be wrong: what its default follows from reports its own problem. */
const parseVariable = (variable: Variable<unknown>, env: Env, read: ReadText): Outcome => {
  const { name, kind, default: fallback, secret } = variable
  const text = given(env, variable)
  const parsed = kind.schema.safeParse(text ?? (fallback === undefined ? '' : defaultText(fallback, read)))
  if (text === undefined) return { value: fallback === undefined ? undefined : parsed.data }
  if (parsed.success) return { value: parsed.data }
  const butIs = secret ? '' : shown(text, /\bnumbers?\b/.test(kind.is))
  return { value: kind.schema.safeParse(fallback).data, problem: `${name} must be ${kind.is}${butIs}` }
}

/** Freezes a value and all in it. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(deepFreeze)
    Object.freeze(value)
  }
  return value
}

/** Parses the environment into a frozen `Config`; an empty variable counts as absent. Throws one `ConfigError` with every problem. */
export const loadConfig = (env: Env = process.env): Config => {
  const read = textReader(env)
  const problems = new Map<string, string>()
  const groups: Record<string, Record<string, unknown>> = {}
  for (const variable of listVariables()) {
    const { value, problem } = parseVariable(variable, env, read)
    groups[variable.group] = { ...groups[variable.group], [variable.key]: value }
    if (problem) problems.set(variable.name, problem)
  }
  const config = groups as Config
  const between = contradictions(config, new Set(problems.keys())).map(({ problem }) => problem)
  const all = [...problems.values(), ...between]
  if (all.length > 0) throw new ConfigError(all)
  return deepFreeze(config)
}

/** Names in the environment that look like ours but are not, each with the likely right one. */
export const configWarnings = (env: Env = process.env): string[] =>
  unknownVariables(
    Object.keys(env),
    listVariables().flatMap(({ name, formerly }) => (formerly ? [name, formerly] : [name])),
  )

// Who gets SQL on a server, or a fault in a program of others, gets its environment, too: no secret of ours may stand in it.
const harmless = /^(PATH|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH)$/i

/** Of an environment what any program needs to run, and nothing else. */
export const minimalEnvironment = (env: Env = process.env): Env =>
  Object.fromEntries(Object.entries(env).filter(([name]) => harmless.test(name)))

/** The environment of this process, for those who start other processes with it; settings are read with `loadConfig`. */
export const environment = (): Env => process.env
