/**
 * What EasyParcel does not document and this simulator had to decide, in one place. Every one can be overridden by the `assumptions` option
 * (or SIMULATOR_ASSUMPTIONS as JSON); see the README for the reason of each.
 */
export const defaultAssumptions = {
  /** More numbers than this in one call, or none at all, is a 400. */
  awbsPerCallMax: 100,
  classicItemsMax: 300,
  /** How a number no one booked is answered: the docs show an object, the recorded reply leaves it out. */
  notFound: 'object' as 'object' | 'omit',
  /** The classic API's answer to an unknown number: nothing at all, or an item whose status is Fail. */
  classicUnknown: 'omit' as 'omit' | 'fail',
  /** The classic demo host answers any number with Success. */
  classicEchoesAny: false,
  classicReadsJson: true,
  /** With rotation, the refresh token that was exchanged stays valid until the access token it bought is first used. */
  refreshTokenSurvivesUntilUse: true,
  /** The seed refresh token of an account is never revoked, so an empty database can always start from it. */
  seedRefreshTokenNeverDies: true,
  /** Shape of a real 401 (a, b, c, d of fact sheet §5), faults aside. */
  unauthorisedShape: 'a' as 'a' | 'b' | 'c' | 'd',
  codeLifeSeconds: 600,
  /** The Open API "may" retry a webhook; the classic one retries three times. */
  webhookRetries: 3,
  webhookRetryDelayMs: 1_000,
}

export type Assumptions = typeof defaultAssumptions
