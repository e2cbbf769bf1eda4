import { InstallationError } from '@jejak/core/installing'

/** A name that cannot be listened on is a wrong setting; left alone it would look like a database whose name is unknown for now. */
export const listenProblem =
  (setting: string, host: string) =>
  (error: Error & { code?: string }): never => {
    throw error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN'
      ? new InstallationError(`${setting} is ${host}, a name that cannot be found: give an address of this machine.`)
      : error
  }
