import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { forgetOwner, otherOwner } from './owner.ts'
import { forgetElsewhere, openDataDir, settlePlace } from './place.ts'
import { findRunningServer } from './running-server.ts'
import { stopServer } from './stop-server.ts'

/** Removes the database of a data folder for good, stopping its server first; false when another living process started that. */
export const eraseEmbedded = async (dir: string): Promise<boolean> => {
  const dataDir = await openDataDir(dir)
  if (await otherOwner(dataDir)) return false
  const place = await settlePlace(dataDir)
  if (existsSync(place.home)) {
    if (await findRunningServer(place)) await stopServer(place, () => {})
    await rm(place.home, { recursive: true, force: true })
  }
  await forgetElsewhere(dataDir)
  await forgetOwner(dataDir)
  return true
}
