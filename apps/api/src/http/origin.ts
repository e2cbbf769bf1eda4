import { hashSubject } from '@jejak/core/access'
import type { Origin } from '@jejak/core/audit'
import type { FastifyRequest } from 'fastify'
import { addressOf } from './address-block.ts'

/** Where a request comes from, as the audit log keeps it. */
export const originOf = (
  request: Pick<FastifyRequest, 'id' | 'ip' | 'raw'>,
  { accessKey }: { accessKey: Buffer },
): Origin => ({
  addressHmac: hashSubject(accessKey, { kind: 'address', text: addressOf(request) }),
  requestId: request.id,
})
