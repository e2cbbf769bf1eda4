import { Agent, get } from 'node:http'

/** One answered or failed read; `status` 0 means that no answer came. */
export type ReadAnswer = { status: number; ms: number; atMs: number; body: string; headers: Record<string, unknown> }

const hangMs = 5_000

export const readOnce = (url: string, agent?: Agent): Promise<ReadAnswer> => {
  const beganMs = performance.now()
  const answer = (status: number, body = '', headers = {}) => {
    const atMs = performance.now()
    return { status, ms: atMs - beganMs, atMs, body, headers }
  }
  return new Promise((resolve) => {
    const request = get(url, { ...(agent && { agent }), timeout: hangMs }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve(answer(response.statusCode ?? 0, body, response.headers)))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(answer(0)))
  })
}

/** Readers that ask again as soon as they are answered, on connections kept open, until told to stop. */
export const startReaders = (url: string, amount: number) => {
  const agent = new Agent({ keepAlive: true, maxSockets: amount })
  const answers: ReadAnswer[] = []
  let isOver = false
  const readers = Array.from({ length: amount }, async () => {
    while (!isOver) answers.push(await readOnce(url, agent))
  })
  return {
    answers,
    stop: async () => {
      isOver = true
      await Promise.all(readers)
      agent.destroy()
      return answers
    },
  }
}
