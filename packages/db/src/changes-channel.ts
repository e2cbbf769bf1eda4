/** The channel on which a commit that changes what readers see says so; its messages are tracking numbers and nothing else. */
export const changesChannel = 'tracking_changed'
