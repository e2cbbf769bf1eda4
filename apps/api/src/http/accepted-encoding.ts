const accepts = (accepted: string, coding: string): boolean =>
  new RegExp(`(?:^|,)\\s*${coding}\\s*(?:;\\s*q=(?!0(?:\\.0*)?\\s*(?:,|$))[^,]*)?(?:,|$)`, 'i').test(accepted)

/** The best compression that a client's `Accept-Encoding` allows; null for none. */
export const acceptedEncoding = (header: string | string[] | undefined): 'br' | 'gzip' | null => {
  const accepted = String(header ?? '').slice(0, 500)
  if (accepts(accepted, 'br')) return 'br'
  return accepts(accepted, 'gzip') ? 'gzip' : null
}
