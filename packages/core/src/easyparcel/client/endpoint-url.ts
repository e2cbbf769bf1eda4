import { isRealEasyParcel } from '@jejak/config'

/** `path` under `baseUrl`. Throws when a key would travel to a live EasyParcel host in clear; the classic demo host is known to be plain http. */
export const endpointUrl = (baseUrl: string, path: string): string => {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}${path}`)
  if (url.protocol !== 'https:' && isRealEasyParcel(url.hostname) && !url.hostname.startsWith('demo.')) {
    throw new RangeError(`EasyParcel must be reached over https, not ${baseUrl}.`)
  }
  return url.href
}
