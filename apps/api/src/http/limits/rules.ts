import type { Config } from '@jejak/config'

/** One limit: how much in which time, who it is counted for, and what one who is over it reads. */
export type Rule = { max: number; windowMs: number; of: 'address' | 'shop' | 'order'; sentence: string }

/** Every limit of the API. Addresses are for those without a key; who has one is counted by shop, wherever the requests come from. */
export const createRules = ({ limits: l, customers: c }: Pick<Config, 'limits' | 'customers'>) =>
  ({
    visits: {
      max: l.visits,
      windowMs: l.publicWindowMs,
      of: 'address',
      sentence: 'This address has read more often than the limit allows.',
    },
    misses: {
      max: l.misses,
      windowMs: l.publicWindowMs,
      of: 'address',
      sentence: 'This address has asked for too many things that do not exist.',
    },
    mistakes: {
      max: l.misses,
      windowMs: l.publicWindowMs,
      of: 'address',
      sentence: 'This address has sent too many requests that could not be read.',
    },
    wrongKeys: {
      max: l.misses,
      windowMs: l.publicWindowMs,
      of: 'address',
      sentence: 'This address has sent too many API keys that are not valid.',
    },
    keysBeyond: {
      max: 1,
      windowMs: 1_000,
      of: 'address',
      sentence: 'This address has sent too many API keys that are not valid.',
    },
    lookups: {
      max: c.lookupAddressFailures,
      windowMs: c.lookupWindowMs,
      of: 'address',
      sentence: 'Too many look-ups from here found nothing.',
    },
    lookupsOfOrder: {
      max: c.lookupOrderFailures,
      windowMs: c.lookupWindowMs,
      of: 'order',
      sentence: 'Too many look-ups of this order found nothing.',
    },
    reports: {
      max: c.reportAddressMax,
      windowMs: 3_600_000,
      of: 'address',
      sentence: 'Too many reports from here; call or write to the shop instead.',
    },
    reads: {
      max: l.reads,
      windowMs: l.shopWindowMs,
      of: 'shop',
      sentence: 'This shop has read more often than the limit allows.',
    },
    writes: {
      max: l.writes,
      windowMs: l.shopWindowMs,
      of: 'shop',
      sentence: 'This shop has registered or changed more parcels than the limit allows.',
    },
    imports: {
      max: l.imports,
      windowMs: l.staffWindowMs,
      of: 'shop',
      sentence: 'This shop has imported too many files.',
    },
    refreshes: {
      max: l.refreshes,
      windowMs: l.staffWindowMs,
      of: 'shop',
      sentence: 'This shop has asked for too many checks by hand.',
    },
  }) satisfies Record<string, Rule>

export type LimitName = keyof ReturnType<typeof createRules>
