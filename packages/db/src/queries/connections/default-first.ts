/** Puts a shop's default account first: the marked one, else the oldest that is not disconnected, else the oldest. `c` is the table of accounts. */
export const defaultFirst = (c: string): string => `${c}.is_default desc, ${c}.disconnected_at is not null, ${c}.id`
