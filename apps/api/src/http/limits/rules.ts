import type { Config } from '@jejak/config'

/** One limit: how much in which time, who it is counted for, and what one who is over it reads. */
export type Rule = { max: number; windowMs: number; of: 'address' | 'shop' | 'order'; sentence: string }

const limit =
  (of: Rule['of'], windowMs: number) =>
  (max: number, sentence: string): Rule => ({ max, windowMs, of, sentence })

/** Every limit of the API. Addresses are for those without a key; who has one is counted by shop, wherever the requests come from. */
export const createRules = ({ limits: l, customers: c }: Pick<Config, 'limits' | 'customers'>) => {
  const ofAddress = limit('address', l.publicWindowMs)
  const ofShop = limit('shop', l.shopWindowMs)
  const ofStaff = limit('shop', l.staffWindowMs)
  const ofLookup = limit('address', c.lookupWindowMs)
  const ofOrder = limit('order', c.lookupWindowMs)
  const ofSecond = limit('address', 1_000)
  const ofReport = limit('address', 3_600_000)
  return {
    visits: ofAddress(l.visits, 'This address has read more often than the limit allows.'),
    misses: ofAddress(l.misses, 'This address has asked for too many things that do not exist.'),
    mistakes: ofAddress(l.misses, 'This address has sent too many requests that could not be read.'),
    wrongKeys: ofAddress(l.misses, 'This address has sent too many API keys that are not valid.'),
    keysBeyond: ofSecond(1, 'This address has sent too many API keys that are not valid.'),
    signIns: ofAddress(l.misses, 'This address has tried to sign in too often.'),
    lookups: ofLookup(c.lookupAddressFailures, 'Too many look-ups from here found nothing.'),
    lookupsOfOrder: ofOrder(c.lookupOrderFailures, 'Too many look-ups of this order found nothing.'),
    reports: ofReport(c.reportAddressMax, 'Too many reports from here; call or write to the shop instead.'),
    reads: ofShop(l.reads, 'This shop has read more often than the limit allows.'),
    writes: ofShop(l.writes, 'This shop has registered or changed more parcels than the limit allows.'),
    imports: ofStaff(l.imports, 'This shop has imported too many files.'),
    privacy: ofStaff(l.privacy, 'This shop has asked about too many customers.'),
    refreshes: ofStaff(l.refreshes, 'This shop has asked for too many checks by hand.'),
  }
}

export type LimitName = keyof ReturnType<typeof createRules>
