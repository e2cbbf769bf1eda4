import type { Config } from '@jejak/config'
import type { SessionRole } from './session-as.ts'

/** Said as long as it is so. */
export const fenceIsOff =
  'FENCE is off: the database does not keep shops apart, the statements of Jejak alone do (docs/fence.md)'

/** How sessions of a role are opened. */
export type Way = {
  url: string
  as: SessionRole
  /** A pooler is in between: it takes no start-up parameters. */
  isPooled: boolean
  /** Whether statements may have names, which a session keeps. */
  isPrepared: boolean
}

export type Ways = {
  /** By DATABASE_URL. */
  usual: (role: SessionRole) => Way
  /** To the server itself, for what lasts longer than a transaction. */
  direct: (role: SessionRole) => Way
  /** To the replica, where there is one. */
  replica: Way | undefined
}

/** Stands for `public`, `shop`, `lookup`, `access` or `worker` in the address of a pooler, which gives sessions their role. */
const roleMark = '{role}'

type Settings = Pick<Config['database'], 'directUrl' | 'readUrl' | 'isFenced' | 'isPrepared'>

/** The ways to the database at `url`: as each role of the fence, or with FENCE=off always as its owner. */
export const waysTo = ({ directUrl, readUrl, isFenced, isPrepared }: Settings, url: string): Ways => {
  const asOf = (role: SessionRole): SessionRole => (isFenced ? role : 'owner')
  const isPooled = directUrl !== undefined
  const direct = (role: SessionRole): Way => ({
    url: directUrl?.reveal() ?? url,
    ...{ as: asOf(role), isPooled: false, isPrepared: true },
  })
  const readAt = readUrl?.reveal()
  return {
    usual: (role) =>
      role === 'owner' ? direct(role) : { url: url.replaceAll(roleMark, role), as: asOf(role), isPooled, isPrepared },
    direct,
    replica:
      readAt === undefined
        ? undefined
        : {
            ...{ url: readAt.replaceAll(roleMark, 'public'), as: asOf('public'), isPrepared },
            isPooled: isFenced ? readAt.includes(roleMark) : isPooled,
          },
  }
}
