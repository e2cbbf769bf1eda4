import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerUnreadable } from './unreadable-requests.ts'

const server = createServer((_request, response) => response.end('fine'))
server.on('clientError', answerUnreadable)
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))

const talk = (text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.write(text)
  })

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400, 'This is not a readable HTTP request.'],
  ['headers without end', `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'The headers are too long.'],
])('%s is answered with a problem, and the line is closed', async (_name, text, status, detail) => {
  const [head, body] = (await talk(text)).split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} .*application/problem\\+json`, 's'))
  expect(JSON.parse(body!)).toEqual({
    type: 'about:blank',
    title: 'The request cannot be read',
    status,
    detail,
    code: 'validation',
  })
})
