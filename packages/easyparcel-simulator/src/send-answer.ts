import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { FastifyReply } from 'fastify'
import type { Answer } from './answers/error-shapes.ts'
import type { Damage } from './faults.ts'

const compress = (text: string, accepted: string): { encoding: 'br' | 'gzip' | undefined; bytes: Buffer } => {
  if (/\bbr\b/.test(accepted)) {
    return { encoding: 'br', bytes: brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } }) }
  }
  return /\bgzip\b/.test(accepted)
    ? { encoding: 'gzip', bytes: gzipSync(text) }
    : { encoding: undefined, bytes: Buffer.from(text) }
}

type SendArgs = { reply: FastifyReply; answer: Answer; compression: boolean; damage?: Damage | undefined }

/** Writes the answer as EasyParcel does (compressed when the client accepts it), or spoils it on its way. */
export const sendAnswer = ({ reply, answer, compression, damage }: SendArgs): FastifyReply => {
  const whole = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
  const text = damage === 'truncated_json' ? whole.slice(0, Math.floor(whole.length / 2)) : whole
  const { encoding, bytes } = compress(text, compression ? String(reply.request.headers['accept-encoding'] ?? '') : '')
  const headers = {
    'content-type': damage === 'wrong_content_type' ? 'text/html; charset=UTF-8' : 'application/json; charset=utf-8',
    'cache-control': 'no-cache, private',
    ...(encoding ? { 'content-encoding': encoding } : {}),
    ...answer.headers,
  }
  if (damage !== 'reset_mid_body') return reply.code(answer.status).headers(headers).send(bytes)
  reply.hijack()
  const socket = reply.raw.socket
  reply.raw.writeHead(answer.status, { ...headers, 'content-length': bytes.length })
  reply.raw.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => socket?.resetAndDestroy())
  return reply
}
