import { type Agent, request } from 'node:http'

export type TimedAnswer = { status: number; ms: number }

/** Posts JSON over the one connection of the agent; the time is that to the last byte of the answer. */
export const timedPost = (
  url: string,
  { agent, body, headers = {} }: { agent: Agent; body: object; headers?: Record<string, string> },
): Promise<TimedAnswer> =>
  new Promise((resolve, reject) => {
    const text = JSON.stringify(body)
    const ofBody = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const sentAt = performance.now()
    const asked = request(url, { method: 'POST', agent, headers: { ...ofBody, ...headers } }, (answer) => {
      answer.once('error', reject)
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, ms: performance.now() - sentAt }))
      answer.resume()
    })
    asked.once('error', reject)
    asked.end(text)
  })
