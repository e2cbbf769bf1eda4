import { problem } from '@jejak/contract'

const problemOf = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
})

const problems = {
  400: problemOf('The request cannot be read'),
  401: problemOf('No valid API key, or not signed in'),
  403: problemOf('A permission is missing, or the link does not open this parcel'),
  404: problemOf('It does not exist, or it belongs to another shop'),
  408: problemOf('The request took too long to arrive'),
  409: problemOf('Not possible right now'),
  413: problemOf('Too large'),
  414: problemOf('A part of the address is too long'),
  415: problemOf('The content type is not supported, or the body is compressed'),
  417: problemOf('The request expects something that this server does not offer'),
  422: problemOf('The Idempotency-Key belongs to another request'),
  429: problemOf('Too many requests; Retry-After says when to try again'),
  431: problemOf('The headers are too long'),
  500: problemOf('Something went wrong on our side'),
  503: problemOf('Not available right now; Retry-After says when to try again'),
}

export type DeclaredProblem = keyof typeof problems

type Asked = { wantsKey: boolean; isRead: boolean; more: readonly DeclaredProblem[] }

/** The problems that a route can answer with, as response schemas: what may come whatever it does, and `more`. */
export const declaredProblems = ({ wantsKey, isRead, more }: Asked) => {
  const ofAll = [400, 408, 414, 417, 429, 431, 500, 503] as const
  const statuses = [
    ...ofAll,
    ...(wantsKey ? ([401, 403] as const) : []),
    ...(isRead ? [] : ([413, 415] as const)),
    ...more,
  ]
  return Object.fromEntries(statuses.map((status) => [status, problems[status]]))
}
