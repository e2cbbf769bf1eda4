import { CliError } from '../cli-error.ts'

export type Mode = { readonly isDemo: boolean }
type Known = { installation: Mode | undefined; asked?: boolean | undefined; credential: string | undefined }

/**
 * Demo or real: what the database remembers wins; an empty one is a demo if there are no EasyParcel credentials and
 * `asked` (JEJAK_DEMO) does not say otherwise; `credential` names a variable that holds one. Throws one sentence where a demo and a real
 * account would mix.
 */
export const chooseMode = ({ installation, asked, credential }: Known): Mode => {
  const isDemo = installation?.isDemo ?? asked ?? credential === undefined
  if (isDemo && credential) {
    const why = installation ? 'This database belongs to a demo' : 'JEJAK_DEMO asks for a demo'
    throw new CliError(
      `${why}, and a demo refuses real EasyParcel credentials (${credential} is set): run "npm run jejak -- demo:clear" first, or choose another DATA_DIR or DATABASE_URL.`,
    )
  }
  if (installation && asked !== undefined && asked !== installation.isDemo) {
    throw new CliError(
      installation.isDemo
        ? 'JEJAK_DEMO is false, but this database belongs to a demo: run "npm run jejak -- demo:clear" first.'
        : 'JEJAK_DEMO is true, but this database belongs to a real installation: choose another DATA_DIR or DATABASE_URL.',
    )
  }
  return { isDemo }
}
