import type { Socket } from 'node:net'
import type { ProblemCode } from '@jejak/contract'
import { HttpProblem, toProblemBody } from './http-problem.ts'

type Answer = { code: ProblemCode; status: number; detail: string }

const answers: Record<string, Answer> = {
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'validation', status: 408, detail: 'The request took too long to arrive.' },
  HPE_HEADER_OVERFLOW: { code: 'validation', status: 431, detail: 'The headers are too long.' },
}
const unreadable: Answer = { code: 'validation', status: 400, detail: 'This is not a readable HTTP request.' }

/** Answers what never became a request (broken HTTP, too slow, headers too long), then hangs up. */
export const answerUnreadable = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const { code, status, detail } = answers[error.code ?? ''] ?? unreadable
  const { requestId, ...problem } = toProblemBody(new HttpProblem(code, detail, { status }), '')
  const body = JSON.stringify(problem)
  const head = `HTTP/1.1 ${status} Refused\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`
  if (socket.writable) socket.write(head + body)
  socket.destroySoon()
}
