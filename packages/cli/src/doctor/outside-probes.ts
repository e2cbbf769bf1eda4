import { statfs } from 'node:fs/promises'
import { connect } from 'node:tls'
import type { Config } from '@jejak/config'
import { toConnectionView } from '@jejak/core/checking'
import { checkAccess, createTokenSealer, createTokenStore, EasyParcelError } from '@jejak/core/easyparcel'
import { readSecretKeys } from '@jejak/core/installing'
import { readSettings } from '@jejak/core/settings'
import { type ConnectionOverview, listConnections } from '@jejak/db'
import type { Patient } from './database-probes.ts'
import { type Finding, fail, type Probe, pass, warn } from './probe.ts'

const answerWithinMs = 5_000

const easyparcel: Probe<Patient> = {
  name: 'EasyParcel',
  look: async (patient) => {
    const connections = await listConnections(patient.db.sql, { shop: 'all' })
    const ours = connections.filter(({ api }) => api === patient.config.easyparcel.api)
    return Promise.all(ours.map((connection) => lookAtAccount(patient, connection)))
  },
}

/** What keeps an account from being asked for longer than the day's plan does. */
const troubles: Partial<Record<string, { finding: (says: string) => Finding; is: string }>> = {
  not_authorised: { finding: fail, is: 'is not connected, or its access was refused: run jejak easyparcel:connect.' },
  jobs_failing: { finding: fail, is: 'is left alone since its checks fail by a fault of ours: see the log.' },
  upstream_down: { finding: warn, is: 'does not answer well; it is tried again from time to time.' },
}

const lookAtAccount = async (patient: Patient, connection: ConnectionOverview): Promise<Finding> => {
  const { config, db, now } = patient
  const named = `Account ${connection.id}`
  const { settingsOf } = await readSettings({ sql: db.sql, config })
  const apart = lookAtUnconnected(connection)
  if (apart) return apart
  const { trouble } = toConnectionView(connection, { now: now(), settings: settingsOf(connection.organizationId) })
  const lasting = troubles[trouble ?? '']
  if (lasting) return lasting.finding(`${named} ${lasting.is} ${connection.lastFailure ?? ''}`.trim())
  if (config.easyparcel.api === 'classic')
    return pass(`${named}: a key is set; the classic API has nothing that could be asked for free.`)
  return askWallet(patient, connection.id, named)
}

/** What no one has connected yet waits for someone; what someone has disconnected is as they want it. */
const lookAtUnconnected = ({ id, isAuthorised, connectedAt, disconnectedAt }: ConnectionOverview): Finding | null => {
  if (isAuthorised) return null
  if (disconnectedAt) return pass(`Account ${id} is disconnected: its parcels are not checked.`)
  if (connectedAt) return null
  return warn(`Account ${id} has never been connected: run jejak easyparcel:connect, or connect it in the browser.`)
}

/** The one question that costs no call of the budget. A token that has run out is renewed by the next check, not by us. */
const askWallet = async (
  { config, db, now, signal }: Patient,
  connectionId: string,
  named: string,
): Promise<Finding> => {
  const sealer = createTokenSealer(readSecretKeys(config))
  try {
    const tokens = await createTokenStore({ sql: db.sql, connectionId, sealer }).read()
    if (!tokens) return fail(`${named} has no token: run jejak easyparcel:connect.`)
    if (tokens.expiresAt && tokens.expiresAt <= now())
      return tokens.refreshToken
        ? pass(`${named}: its access has run out, and the next check renews it.`)
        : fail(`${named}: its access has run out and cannot be renewed: run jejak easyparcel:connect.`)
    const within = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)])
    await checkAccess({ config, accessToken: tokens.accessToken, signal: within, now: now() })
    return pass(`${named}: EasyParcel answers and takes our token.`)
  } catch (error) {
    if (!(error instanceof EasyParcelError)) throw error
    return fail(`${named}: ${error.message}`)
  }
}

const freeShare = { warn: 0.1, fail: 0.02 }
const disk: Probe<Patient> = {
  name: 'disk',
  look: async ({ config }) => {
    const { bavail, blocks, bsize } = await statfs(config.data.dir).catch(() => statfs('.'))
    const share = bavail / blocks
    const said = `${(share * 100).toFixed(0)} % free (${Math.floor((bavail * bsize) / 2 ** 30)} GB) where DATA_DIR is.`
    if (share < freeShare.fail) return fail(`${said} The database stops when it is full.`)
    return share < freeShare.warn ? warn(said) : pass(said)
  },
}

const local = /^(localhost|127\.|\[::1\])/

const address: Probe<Patient> = {
  name: 'public address',
  look: async ({ config: { http } }) => {
    const url = new URL('/health/ready', http.publicUrl)
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs), redirect: 'manual' })
      await answer.body?.cancel()
      return answer.ok
        ? pass(`${http.publicUrl} answers.`)
        : fail(`${http.publicUrl} answers ${answer.status}: is PUBLIC_URL right, and does the proxy lead here?`)
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { code?: string } }
      return fail(`${http.publicUrl} cannot be reached from here (${cause?.code ?? message}).`)
    }
  },
}

const daysLeft = { warn: 21, fail: 3 }
const tls: Probe<Patient> = {
  name: 'TLS',
  look: async ({ config, now }) => {
    const url = new URL(config.http.publicUrl)
    if (url.protocol === 'http:')
      return local.test(url.host)
        ? pass('None, and none is needed on this machine alone.')
        : fail(
            `${config.http.publicUrl} is not encrypted: sign-in and links can be read on the way. Put a proxy with TLS in front.`,
          )
    const ends = await findCertificateEnd(url)
    const days = Math.floor((ends.getTime() - now().getTime()) / 86_400_000)
    const said = `The certificate of ${url.hostname} ends in ${days} days.`
    if (days < daysLeft.fail) return fail(said)
    return days < daysLeft.warn ? warn(`${said} Is it renewed by itself?`) : pass(said)
  },
}

/** When the certificate of a host ends; fails when it does not hold for it. */
const findCertificateEnd = ({ hostname, port }: URL): Promise<Date> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 443), servername: hostname, timeout: answerWithinMs })
    socket.once('secureConnect', () => {
      resolve(new Date(socket.getPeerCertificate().valid_to))
      socket.destroy()
    })
    socket.once('timeout', () => socket.destroy(new Error('The server says nothing.')))
    socket.once('error', reject)
  })

/** What is outside the database: EasyParcel, this machine, and the way to us. */
export const outsideProbes = [easyparcel, disk, address, tls]

/** What the settings alone tell. */
export const lookAtSettings = (config: Config, warnings: readonly string[]): Finding[] => {
  const found = warnings.map((sentence) => warn(sentence.endsWith('?') ? sentence : `${sentence}.`))
  if (config.http.publicUrl.startsWith('https:') && config.http.trustedProxies.length === 0)
    found.push(warn('TRUSTED_PROXIES is empty: behind a proxy all visitors then count as one address.'))
  return found.length > 0 ? found : [pass('All can be read.')]
}
