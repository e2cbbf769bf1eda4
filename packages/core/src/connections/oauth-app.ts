import type { Config } from '@jejak/config'
import { conflict } from '../errors.ts'

/** Where EasyParcel sends the browser back to, on the address of PUBLIC_URL. */
export const callbackPath = '/oauth/easyparcel/callback'

type AppConfig = Pick<Config, 'easyparcel' | 'http'>

/** The app that people log in through; refuses, in words for an operator, where there is none or where its browser would come back elsewhere. */
export const requireApp = ({ easyparcel, http }: AppConfig) => {
  const { api, baseUrl, clientId, clientSecret, redirectUri } = easyparcel
  if (api === 'classic')
    throw conflict('The classic API has no login: its key is set as EASYPARCEL_API_KEY, where Jejak is installed.')
  if (!clientId || !clientSecret)
    throw conflict(
      'This installation has no app at EasyParcel yet: create one in its Developer Hub, and set EASYPARCEL_CLIENT_ID and EASYPARCEL_CLIENT_SECRET.',
    )
  const expected = `${http.publicUrl}${callbackPath}`
  if (new URL(redirectUri).href !== new URL(expected).href)
    throw conflict(
      `After the login EasyParcel would send the browser to ${redirectUri}, where nothing waits for it. Register ${expected} in the Developer Hub, and remove EASYPARCEL_REDIRECT_URI or set it to that; or connect with \`jejak easyparcel:connect\`.`,
    )
  return { baseUrl, clientId, redirectUri }
}
