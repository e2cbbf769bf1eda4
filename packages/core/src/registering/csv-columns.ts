import { CsvFileError } from './csv-file.ts'

type Field = 'trackingNumber' | 'courier' | 'orderNumber' | 'email' | 'phone' | 'estimatedDelivery'

/** Headings as shops write them; spaces, dashes and dots count as `_`, capitals do not matter. */
const headings: Record<Field, readonly string[]> = {
  trackingNumber: [
    'tracking_number',
    'tracking_no',
    'trackingnumber',
    'tracking_id',
    'tracking',
    'awb',
    'awb_no',
    'awb_number',
    'airway_bill',
    'consignment_no',
    'consignment_number',
    'no_tracking',
    'nombor_tracking',
    'no_penjejakan',
    'nombor_penjejakan',
  ],
  courier: ['courier', 'courier_name', 'carrier', 'kurier'],
  orderNumber: [
    'order_number',
    'order_no',
    'ordernumber',
    'order_id',
    'order',
    'reference',
    'no_pesanan',
    'nombor_pesanan',
  ],
  email: ['email', 'e_mail', 'email_address', 'customer_email', 'buyer_email', 'receiver_email', 'emel'],
  phone: [
    'phone',
    'phone_no',
    'phone_number',
    'mobile',
    'mobile_no',
    'contact_no',
    'customer_phone',
    'buyer_phone',
    'receiver_phone',
    'telefon',
    'no_telefon',
  ],
  estimatedDelivery: ['estimated_delivery', 'estimateddelivery', 'estimated_delivery_date', 'expected_delivery', 'eta'],
}

const fieldOfHeading = new Map(
  Object.entries(headings).flatMap(([field, names]) => names.map((name) => [name, field as Field])),
)

const fold = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')

/** Which field each column holds, and the headings nobody knows. */
export type Columns = { fields: ReadonlyMap<Field, number>; ignored: string[] }

const shown = (cell: string): string => cell.trim().slice(0, 60)

/** Reads a heading; of two columns for the same field the first counts. */
export const readColumns = (cells: readonly string[]): Columns => {
  const fields = new Map<Field, number>()
  const ignored: string[] = []
  for (const [index, cell] of cells.entries()) {
    const field = fieldOfHeading.get(fold(cell))
    if (field && !fields.has(field)) fields.set(field, index)
    else if (shown(cell) !== '') ignored.push(shown(cell))
  }
  if (!fields.has('trackingNumber'))
    throw new CsvFileError(
      'no_columns',
      `The first line must name the columns, and one of them must be tracking_number (or awb, tracking_no). Its columns are: ${ignored.slice(0, 20).join(', ') || 'none'}.`,
    )
  return { fields, ignored }
}

/** The line as a registration still to be parsed; an empty cell is an absent value. */
export const toRegistrationInput = (cells: readonly string[], { fields }: Columns) => {
  const read = (field: Field): string | undefined => {
    const index = fields.get(field)
    return index === undefined ? undefined : cells[index]
  }
  const contact = { email: read('email'), phone: read('phone') }
  return {
    trackingNumber: read('trackingNumber') ?? '',
    courier: read('courier'),
    orderNumber: read('orderNumber'),
    contact,
    estimatedDelivery: read('estimatedDelivery'),
  }
}
