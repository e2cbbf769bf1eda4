import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { CliError } from '../cli-error.ts'

const importTimeoutMs = 60_000

/** Sends a CSV file to the API's import, as a shop would. Throws one sentence when the API refuses it. */
export const importShipments = async (
  file: string,
  { apiUrl, apiKey }: { apiUrl: string; apiKey: string },
): Promise<void> => {
  const response = await fetch(`${apiUrl}/v1/trackings/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv' },
    body: Readable.toWeb(createReadStream(file)) as ReadableStream,
    duplex: 'half',
    signal: AbortSignal.timeout(importTimeoutMs),
  })
  const answer = await response.text()
  if (!response.ok)
    throw new CliError(`The sample shipments were refused (${response.status}): ${answer.slice(0, 300)}`)
}
