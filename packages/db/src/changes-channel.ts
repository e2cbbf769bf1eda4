/** The channel on which a commit that changes what readers see says so; its messages are tracking numbers and nothing else. */
export const changesChannel = 'tracking_changed'

/** The SQL expression that sends the number in `column` when the transaction commits. */
export const notifyChange = (column: string): string => `pg_notify('${changesChannel}', ${column})`
