import { connect, type Db, type DbOptions } from '../connect.ts'

/** The way of a test to its database; as the owner unless it says otherwise. */
export const connectTest = (url: string, options: Partial<Omit<DbOptions, 'url'>> = {}): Db =>
  connect({
    ...{ url, as: 'owner', poolMax: 10, statementTimeoutMs: 20_000, connectTimeoutMs: 5_000 },
    ...{ applicationName: 'jejak-test', onError: () => undefined },
    ...options,
  })
