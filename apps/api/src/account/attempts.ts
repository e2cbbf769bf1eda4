import type { Refused } from '@jejak/core/access'
import type { SessionRow } from '@jejak/db'
import type { FastifyRequest } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { addressOf } from '../http/address-block.ts'
import { HttpProblem } from '../http/http-problem.ts'
import { originOf } from '../http/origin.ts'

/** Counts and notes an attempt to prove who one is, and answers what it did; one that was refused is thrown as a problem, `wrong` for a wrong password. */
export type Attempts = <Done extends { outcome: string }>(
  asked: { request: FastifyRequest; now: Date; wrong: () => HttpProblem },
  attempt: () => Promise<Done | Refused>,
) => Promise<Done>

const refusals = new Set(['wrong', 'code_missing', 'code_wrong', 'locked'])
const isRefused = (done: { outcome: string }): done is Refused => refusals.has(done.outcome)

const locked = (until: Date, now: Date) => {
  const seconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000))
  return new HttpProblem('rate_limited', `Too many failed sign-ins. Try again in ${Math.ceil(seconds / 60)} minutes.`, {
    headers: { 'retry-after': String(seconds) },
  })
}
const challenge = { headers: { 'www-authenticate': 'Session' } }
const codeMissing = () =>
  new HttpProblem('code_needed', 'Write the code that your authenticator shows, or a recovery code.', challenge)
const codeWrong = () =>
  new HttpProblem('code_needed', 'This code is wrong or has been used. Wait for the next one.', challenge)

export const wrongSignIn = () =>
  new HttpProblem('unauthenticated', 'The e-mail address or the password is wrong.', challenge)

/** Makes what says who acts on a route about one's own account. */
export const ownOf =
  ({ accessKeys }: Pick<RouteDeps, 'accessKeys'>) =>
  (request: FastifyRequest & { session: SessionRow }) => {
    const { userId, organizationId } = request.session
    const actor = { kind: 'user', id: userId, origin: originOf(request, { accessKeys }) } as const
    return { userId, organizationId, actor }
  }

export const createAttempts =
  ({ limits, note }: Pick<RouteDeps, 'limits' | 'note'>): Attempts =>
  async ({ request, now, wrong }, attempt) => {
    const address = addressOf(request)
    limits.take('signIns', address)
    let isGuess = false
    try {
      const done = await attempt()
      if (!isRefused(done)) return done
      isGuess = done.outcome !== 'code_missing'
      if (isGuess) {
        const kind = done.outcome === 'locked' ? 'sign_in_locked' : 'sign_in_refused'
        note({ kind, detail: done.outcome, address })
      }
      if (done.outcome === 'locked') throw locked(done.until, now)
      throw done.outcome === 'wrong' ? wrong() : done.outcome === 'code_wrong' ? codeWrong() : codeMissing()
    } finally {
      // Neither a right password nor a database that is away counts against the address.
      if (!isGuess) limits.giveBack('signIns', address)
    }
  }
