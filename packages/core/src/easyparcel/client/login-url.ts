import { endpointUrl } from './endpoint-url.ts'

/** Where a person logs in to EasyParcel and chooses the account that this app may ask. */
export const loginUrlOf = (
  { baseUrl, clientId, redirectUri }: { baseUrl: string; clientId: string; redirectUri: string },
  state: string,
): string =>
  `${endpointUrl(baseUrl, '/oauth/login')}?${new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, state })}`
