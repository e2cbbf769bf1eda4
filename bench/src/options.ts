import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Size } from './family.ts'

export type Options = {
  names: string[]
  size: Size
  /** A running deployment to measure instead, with tracking numbers that it knows. */
  deployment: { url: string; numbers: string[] } | undefined
  out: string | undefined
}

export const usage = `pnpm bench [NAME…] [options]

  --quick              a smoke run: small tables, one short round; its figures mean nothing
  --rounds N           rounds of each arm (5)
  --duration S         seconds of one measurement (3)
  --connections N      clients at once (64)
  --out DIR            where results and charts go (bench/results; with --quick nowhere)
  --url URL            measure the public read of a running deployment instead, next to its /health/live
  --numbers N,N | @FILE  tracking numbers that the deployment knows; @FILE holds one a line

Families:`

const positive = (name: string, text: string): number => {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, but is ${text}.`)
  return value
}

const whole = (name: string, text: string): number => Math.ceil(positive(name, text))

const readNumbers = (given: string | undefined): string[] => {
  if (given === undefined) throw new Error('--url needs --numbers: tracking numbers that the deployment knows.')
  const text = given.startsWith('@') ? readFileSync(given.slice(1), 'utf8') : given
  return text.split(/[\s,]+/).filter(Boolean)
}

/** Reads the command line. Throws an error with one sentence; `help` asks for the usage. */
export const readOptions = (args: readonly string[]): Options | 'help' => {
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      duration: { type: 'string' },
      connections: { type: 'string', default: '64' },
      out: { type: 'string' },
      url: { type: 'string' },
      numbers: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const isQuick = values.quick
  return {
    names: positionals,
    size: {
      isQuick,
      rounds: whole('rounds', values.rounds ?? (isQuick ? '1' : '5')),
      seconds: positive('duration', values.duration ?? (isQuick ? '1' : '3')),
      connections: whole('connections', values.connections),
    },
    deployment: values.url === undefined ? undefined : { url: values.url, numbers: readNumbers(values.numbers) },
    out: values.out,
  }
}
