/** Whether a host belongs to the real EasyParcel, of any of its countries; a demo never asks it, and no key travels to it in clear. */
export const isRealEasyParcel = (hostname: string): boolean =>
  /(^|\.)easyparcel\.(com|my|sg|co\.th|co\.id)\.?$/i.test(hostname)
