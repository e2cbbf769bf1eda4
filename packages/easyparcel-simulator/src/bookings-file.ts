import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type BookingInput, bookingInput } from './options.ts'

/** Reads bookings from a plain comma-separated file (no quoting) with a header line. Throws one sentence that names the line it cannot take. */
export const readBookings = (csv: string, account: string): BookingInput[] => {
  const [header = '', ...lines] = csv.replace(/^\uFEFF/, '').split(/\r?\n/)
  const columns = header.split(',').map((name) => name.trim())
  if (!columns.includes('tracking_number')) throw new Error('The bookings file has no tracking_number column.')
  return lines.flatMap((line, index) => {
    if (!line.trim()) return []
    const cells = line.split(',').map((cell) => cell.trim())
    const cell = (name: string) => cells[columns.indexOf(name)] || undefined
    const read = bookingInput.safeParse({
      awb: cell('tracking_number'),
      account,
      courier: cell('courier'),
      scenario: cell('scenario'),
    })
    if (!read.success)
      throw new Error(`Line ${index + 2} of the bookings file cannot be booked: ${z.prettifyError(read.error)}`)
    return [read.data]
  })
}

export const readBookingsFile = (path: string, account: string): BookingInput[] => {
  let csv: string
  try {
    csv = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Error(`The bookings file ${path} cannot be read.`, { cause })
  }
  return readBookings(csv, account)
}
