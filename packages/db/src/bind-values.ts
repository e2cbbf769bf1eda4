/** The values of a statement that is put together from parts: `bind` tells the parameter that stands for a value. */
export const bindValues = (...first: readonly unknown[]) => {
  const values = [...first]
  return { values, bind: (value: unknown): string => `$${values.push(value)}` }
}

export type Bind = ReturnType<typeof bindValues>['bind']
