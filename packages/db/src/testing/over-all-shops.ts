/**
 * The statements, SQL and Prisma's, that do not say `organization_id = $1`, by who runs them and why. All others ask about one shop, or write
 * rows that name theirs.
 */
export const overAllShops = {
  /** For visitors: a number, an order, a link or a key says which rows, of any shop. */
  visitors: [
    ...[
      'documentsSql',
      'findBuyerTrackings',
      'wakeTrackings',
      'faceOfNumberSql',
      'findFaceOfTracking',
      'findShopOfTracking',
    ],
    ...['lookupSeatsSql', 'findOrders', 'findApiKey', 'touchApiKey'],
  ],
  /** For the worker: a connection, a call or its parcels say which rows. */
  checks: [
    ...[
      'lockGateSql',
      'findGate',
      'saveGateSql',
      'pauseConnection',
      'closeCallSql',
      'recountCalls',
      'closeAbandonedCalls',
    ],
    ...['passSql', 'takeSql', 'claimSuspects', 'inClass', 'waitingSql', 'listDueConnections', 'isCheckingInTrouble'],
    ...['lockParcels', 'lockSchedules', 'saveSchedulesSql', 'hasOtherDue', 'listToReRead', 'endJobFailure'],
    ...['findSealedTokens', 'claimTokenRefresh', 'releaseTokenRefresh', 'setTokens', 'noteRefusedRefresh'],
    ...['listDueSyncs', 'lockSync', 'delaySync', 'extendSync', 'releaseSync', 'saveSyncSql', 'countSyncCalls'],
    ...[
      'healSchedules',
      'countSpoiltSchedules',
      'consistencyQueries',
      'lastParcelId',
      'schedules',
      'recountDay',
      'readChangedSettings',
    ],
    ...['countAlteredDocuments', 'markAlteredDocuments'],
    ...['listRefreshingConnections', 'findRefreshingShop', 'settleRefreshed', 'findOthersWaiting'],
  ],
  /** For whoever asked, by a hash of who that is, of the shop and of their key. */
  answers: ['findKeptAnswer'],
  /** For the clean-up, which goes by age. */
  ages: ['lockToArchive', 'lockToDelete', 'oldRowsSql'],
  /** For operators, and for a shop's staff when the shop is given. */
  operators: [
    'overviewFor',
    'pulseFor',
    'listConnections',
    'listUsers',
    'listJobFailures',
    'listUnreadValues',
    'listUnreadTexts',
    'listParcelsWithUnread',
    'findLongestDue',
    'findOldestUnsealed',
    'findConnectionBySlug',
    'clearDemo',
    'renumberForeignChanges',
    'listApiKeys',
    'revokeApiKey',
    'tokensOf',
    'keyUseSql',
    'listKeysInUse',
    'listSealed',
    'replaceSealed',
    'forgetContacts',
    'removeTracesOfNoShop',
  ],
  /** For the sealer and who verifies: one chain over all shops. */
  audit: [
    'isActEntered',
    'listUnsealedAudit',
    'findUnsealedAudit',
    'saveAuditSeals',
    'listSealedAudit',
    'cutAuditChain',
  ],
  /** After a statement of the same transaction has found the shop's parcel and locked it. */
  lockedBefore: [
    ...['statementFor', 'deleteParcels', 'deleteSchedules', 'scheduleAgain', 'saveOrderSql', 'findLives', 'ordersThat'],
  ],
  /** Parts of statements that say it themselves. */
  parts: ['connectionColumns', 'listAuditSql', 'countedSql', 'staffColumns', 'staffTables', 'documentTables'],
} as const
