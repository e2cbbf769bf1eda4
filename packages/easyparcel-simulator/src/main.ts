import process from 'node:process'
import { z } from 'zod'
import { readEnvironment } from './environment.ts'
import { startSimulator } from './index.ts'

const sentenceFor = (error: unknown): string => {
  if (error instanceof z.ZodError) return `The simulator's settings are wrong:\n${z.prettifyError(error)}`
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${process.env.SIMULATOR_PORT || 3900} is already in use; set SIMULATOR_PORT to a free one.`
  }
  return error instanceof Error ? error.message : String(error)
}

try {
  const simulator = await startSimulator(readEnvironment(process.env))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void simulator.close().then(() => process.exit(0)))
  }
  console.log(`EasyParcel simulator listening on ${simulator.url}`)
} catch (error) {
  console.error(sentenceFor(error))
  process.exit(1)
}
