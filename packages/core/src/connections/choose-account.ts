type Account = { id: string; name: string }

/** The account that is named, by id or by name; the first one, the default, when none is. Undefined when there is no such account. */
export const chooseAccount = <One extends Account>(
  accounts: readonly One[],
  named: string | undefined,
): One | undefined => {
  if (named === undefined) return accounts[0]
  const folded = named.toLowerCase()
  return accounts.find(({ id, name }) => id === named || (name !== '' && name.toLowerCase() === folded))
}
