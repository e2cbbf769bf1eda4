const octetsMax = 75
const encoder = new TextEncoder()

/** A text value with what iCalendar reserves escaped (RFC 5545 §3.3.11); control characters, which it forbids, are left out. */
export const icalText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\t\n]/gu, '')
    .replace(/[\\;,]/g, (reserved) => `\\${reserved}`)
    .replaceAll('\n', '\\n')

/** Breaks a line so that none is longer than 75 octets, never inside a character (RFC 5545 §3.1). */
const fold = (line: string): string => {
  let folded = ''
  let octets = 0
  for (const character of line) {
    const size = encoder.encode(character).length
    if (octets + size > octetsMax) {
      folded += '\r\n '
      octets = 1
    }
    folded += character
    octets += size
  }
  return folded
}

/** An iCalendar stream from its content lines. */
export const toIcal = (lines: readonly string[]): string => lines.map((line) => `${fold(line)}\r\n`).join('')
