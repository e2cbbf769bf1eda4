import type { Config } from '@jejak/config'
import { type Clock, type ConnectionLogin, type Db, findLogin, useLogin } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { EasyParcelError } from '../easyparcel/client/easyparcel-error.ts'
import type { Tokens } from '../easyparcel/client/oauth.ts'
import type { Boss } from '../queue/index.ts'
import type { Sealer } from '../secrets/sealed-secret.ts'
import { hashState, loginLifeMs } from './begin-login.ts'
import { requireApp } from './oauth-app.ts'
import { saveConnectionLogin } from './save-login.ts'

type Deps = {
  db: Pick<Db, 'ofShop'>
  boss: Boss
  clock: Clock
  now: () => Date
  config: Pick<Config, 'easyparcel' | 'http' | 'tracking'>
  tokenSealer: Sealer
}

/** What the browser brought back from EasyParcel. */
export type LoginAnswer = { state: string; code: string | null; isRefused: boolean }

type Finish = {
  actor: Actor
  organizationId: string
  sessionId: string
  answer: LoginAnswer
  /** Asked once more before anything is stored: EasyParcel may have taken its time. */
  mayGoOn: () => Promise<void>
}

/** How a login ended, in words; `result` is what the page that the person comes from is told. */
export type LoginEnd = {
  result: 'connected' | 'reconnected' | 'denied' | 'refused' | 'failed' | 'invalid'
  sentence: string
  connectionId: string | null
  returnTo: string | null
}

const beginAgain = 'Nothing was changed. Begin again where you connect EasyParcel.'

/** Ends a login that this session began: exchanges the code outside of any transaction, and stores the tokens. Each login comes to one end. */
export const finishLogin = async (deps: Deps, finish: Finish): Promise<LoginEnd> => {
  const { db, clock } = deps
  const { organizationId, sessionId, answer } = finish
  const shop = db.ofShop(organizationId).sql
  const now = await clock(shop)
  const begunAfter = new Date(now.getTime() - loginLifeMs)
  const key = { stateHash: hashState(answer.state), sessionId }
  const login = await useLogin(shop, { ...key, now, begunAfter })
  if (!login) return notGood(await findLogin(shop, key))
  const end = (result: LoginEnd['result'], sentence: string, connectionId = login.connectionId): LoginEnd => ({
    ...{ result, sentence, connectionId, returnTo: login.returnTo },
  })
  if (answer.isRefused || answer.code === null) {
    await enterRefusal(deps, finish, 'EasyParcel gave no access')
    return end('denied', `EasyParcel did not give access: it was not allowed there. ${beginAgain}`)
  }
  try {
    const tokens = await exchange(deps, answer.code)
    await finish.mayGoOn()
    const { connectionId, isNew } = await store(deps, finish, { login, tokens })
    return isNew
      ? end('connected', 'EasyParcel is connected. Its parcels are checked from now on.', connectionId)
      : end('reconnected', 'EasyParcel is connected again. All parcels of the account are still there.', connectionId)
  } catch (error) {
    if (!(error instanceof EasyParcelError)) throw error
    await enterRefusal(deps, finish, `the code was not exchanged: ${error.kind}`)
    return end(error.kind === 'rejected' ? 'refused' : 'failed', `${error.message} ${beginAgain}`)
  }
}

const notGood = (found: { usedAt: Date | null; returnTo: string | null } | undefined): LoginEnd => ({
  ...{ result: 'invalid', connectionId: null, returnTo: found?.returnTo ?? null },
  sentence: !found
    ? `This answer belongs to no login that was begun in this browser for this shop. ${beginAgain}`
    : found.usedAt
      ? 'This answer of EasyParcel was used already; it works once. See the account to find out how it ended.'
      : `This login was begun more than ten minutes ago. ${beginAgain}`,
})

/** The HTTP client is loaded when it is needed: no start of the API waits for it. */
const exchange = async ({ config, now }: Deps, code: string): Promise<Tokens> => {
  requireApp(config)
  const { createConfiguredOAuth } = await import('../easyparcel/client/client-of.ts')
  // Not ended with the request: a code works once, and what it gave has to be stored.
  return createConfiguredOAuth({ config, now }).exchangeCode(code, new AbortController().signal)
}

const store = (
  { db, boss, clock, tokenSealer }: Deps,
  { actor, organizationId }: Finish,
  { login, tokens }: { login: ConnectionLogin; tokens: Tokens },
) =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const now = await clock(tx)
    return saveConnectionLogin({ tx, sealer: tokenSealer, boss }, { actor, said: login, tokens, now })
  })

const enterRefusal = async ({ db, clock }: Deps, { actor, organizationId }: Finish, detail: string) => {
  const shop = db.ofShop(organizationId).sql
  const refused = { act: 'connection.connected', actor, organizationId, detail, result: 'refused' } as const
  await recordAct(shop, { ...refused, now: await clock(shop) })
}
