import type { Config } from '@jejak/config'

const variableOf = {
  clientId: 'EASYPARCEL_CLIENT_ID',
  clientSecret: 'EASYPARCEL_CLIENT_SECRET',
  accessToken: 'EASYPARCEL_ACCESS_TOKEN',
  refreshToken: 'EASYPARCEL_REFRESH_TOKEN',
  apiKey: 'EASYPARCEL_API_KEY',
} as const

type Credential = keyof typeof variableOf

/** The name of the first variable that is set and belongs to an account at EasyParcel; undefined when there is none. Never its value. */
export const findCredential = (easyparcel: Pick<Config['easyparcel'], Credential>): string | undefined => {
  const given = (Object.keys(variableOf) as Credential[]).find((key) => easyparcel[key] !== undefined)
  return given && variableOf[given]
}
