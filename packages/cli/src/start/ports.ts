import { createServer } from 'node:net'
import type { Config, Env } from '@jejak/config'
import { freePort } from '@jejak/db/embedded'
import { CliError } from '../cli-error.ts'

export type WantedPort = {
  readonly host: string
  readonly port: number
  readonly variable: string
  readonly use: string
}

/** The ports that only our own processes talk to. */
export const internalPorts = ({ simulator, worker }: Config) => ({
  simulator: {
    host: '127.0.0.1',
    port: simulator.port,
    variable: 'SIMULATOR_PORT',
    use: 'the EasyParcel simulator',
  },
  workerHealth: {
    host: worker.healthHost,
    port: worker.healthPort,
    variable: 'WORKER_HEALTH_PORT',
    use: 'the worker’s health endpoint',
  },
})

/** The environment with an internal port for each that it does not set: the usual one, or a free one where that is taken. */
export const withInternalPorts = async (env: Env, config: Config): Promise<Env> => {
  const found: Record<string, string> = {}
  for (const { variable, port, host } of Object.values(internalPorts(config)))
    if (!env[variable]?.trim()) found[variable] = String(await freePort(port, host).catch(() => port))
  return { ...env, ...found }
}

const sentences: Record<string, (wanted: WantedPort) => string> = {
  EADDRINUSE: ({ port, variable, use }) =>
    `Port ${port} for ${use} is already in use (is Jejak running already?): stop what uses it, or set ${variable} to a free port.`,
  EACCES: ({ port, variable, use }) =>
    `Port ${port} for ${use} is not allowed for this user: set ${variable} to a port above 1023.`,
  EADDRNOTAVAIL: ({ host }) => `This machine has no address ${host}: set HOST to one of its own, or to 0.0.0.0.`,
  ENOTFOUND: ({ host }) => `HOST ${host} is not an address that can be resolved.`,
}

/** Throws one sentence unless every port can be listened on right now. */
export const refuseTakenPorts = async (wanted: readonly WantedPort[]): Promise<void> => {
  for (const port of wanted) await refuseTakenPort(port)
}

const refuseTakenPort = (wanted: WantedPort): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const sentence =
        sentences[error.code ?? '']?.(wanted) ?? `${wanted.host}:${wanted.port} cannot be used: ${error.message}`
      reject(new CliError(sentence, { cause: error }))
    })
    server.listen({ host: wanted.host, port: wanted.port }, () => server.close(() => resolve()))
  })
