import { hashSubject } from '@jejak/core/access'
import type { Origin } from '@jejak/core/audit'
import type { Keys } from '@jejak/core/secrets'
import type { FastifyRequest } from 'fastify'
import { addressOf } from './address-block.ts'

/** Where a request comes from, as the audit log keeps it. */
export const originOf = (
  request: Pick<FastifyRequest, 'id' | 'ip' | 'raw'>,
  { accessKeys: [accessKey] }: { accessKeys: Keys },
): Origin => ({
  addressHmac: hashSubject(accessKey, { kind: 'address', text: addressOf(request) }),
  requestId: request.id,
})
