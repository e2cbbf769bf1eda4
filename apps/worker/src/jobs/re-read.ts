import { reRead } from '@jejak/core/checking'
import type { Handler } from '../handlers.ts'

/** Reads stored scans again once the rules have changed; cut off, it goes on where it was. */
export const reReadJob: Handler<'re-read'> = async ({ checks, log }, _, job) => {
  const report = await reRead(checks, job.signal)
  if (report === null) return
  const { examples: _examples, ...counts } = report
  log.info({ jobId: job.id, ...counts }, 'stored scans were read again')
}
