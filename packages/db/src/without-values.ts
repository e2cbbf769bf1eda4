/** An error as it may be stored and logged: of a database's, without the value that it could not read and the row that it refused. */
export const withoutValues = ({ name, message, stack, ...error }: Error & { code?: unknown }): Error => {
  const { code } = error
  const isValueTold = typeof code === 'string' && /^22...$/.test(code)
  const safe = new Error(isValueTold ? `the database refused a value (${code})` : message)
  return Object.assign(safe, { name, ...(code !== undefined && { code }), ...(!isValueTold && { stack }) })
}
