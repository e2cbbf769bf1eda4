/**
 * The statements that do not ask about one shop, by who runs them. Everything else says `organization_id = $1`, or writes rows that name
 * their shop.
 */
export const overAllShops = {
} as const
