import { type Detail, eachDetail, foldTyped, isEmpty } from '@jejak/contract'

type Field = Detail | 'trackingNumber' | 'orderNumber' | 'connection' | 'email' | 'phone'

/** Headings as shops, shop systems and couriers write them, without capitals, spaces, dashes, dots and stars; those before are preferred. */
const headings: Record<Field, string> = {
  ...eachDetail((name) => name.toLowerCase()),
  trackingNumber: `trackingnumber trackingno trackingid trackingcode trackingnumbers tracking awb awbno awbnumber airwaybill airwaybillno
    airwaybillnumber waybill waybillno waybillnumber consignment consignmentno consignmentnumber consignmentnote consignmentnoteno consignmentnotenumber
    connote connoteno connotenumber shipmenttrackingnumber fulfillmenttrackingnumber notracking nombortracking nopenjejakan nomborpenjejakan
    kodpenjejakan noawb nokonsainan nomborkonsainan noresi resi 快递单号 运单号 运单号码 运单编号 物流单号 物流编号 快递编号 快递号 追踪号 追踪号码`,
  courier: `courier couriername couriercompany carrier kurier trackingprovider trackingcompany fulfillmenttrackingcompany shippingprovider
    shippingprovidername shippingcarrier shippingcompany shippingoption syarikatkurier 快递公司 物流公司 快递`,
  orderNumber: `ordernumber orderno ordername orderid ordersn orderref orderreference order reference referenceno referencenumber refno
    nopesanan nomborpesanan idpesanan pesanan 订单号 订单编号`,
  connection: 'connection easyparcelaccount easyparcelconnection',
  email: `email receiveremail recipientemail customeremail buyeremail emailaddress shippingemail billingemail contactemail emel emelpenerima
    邮箱 电子邮件`,
  phone: `phone phoneno phonenumber receiverphone receiverphoneno receiverphonenumber receivercontact receivercontactno receivercontactnumber
    receivermobile recipientphone recipientphonenumber recipientcontact customerphone buyerphone shippingphone billingphone mobile mobileno
    mobilenumber contactno contactnumber contactphone contact tel telno telephone handphone hp nohp notel telefon notelefon nombortelefon
    telefonpenerima 电话 手机 手机号 手机号码 收件人电话 收件人手机`,
  estimatedDelivery: `estimateddelivery estimateddeliverydate expecteddelivery expecteddeliverydate estimatedarrival eta edd
    jangkaanpenghantaran 预计送达`,
  bookedAt: `bookedat booked bookingdate bookedon datebooked pickupdate collectiondate shipdate shippeddate dateshipped shippedat shippedtime
    shiptime tarikhtempahan tarikhpenghantaran 发货时间 发货日期`,
}

type Place = { field: Field; rank: number }
const placeOfHeading = new Map<string, Place>(
  Object.entries(headings).flatMap(([field, names]) =>
    names.split(/\s+/).map((name, rank) => [name, { field: field as Field, rank }]),
  ),
)
/** Shopify's order number; in other files a person's. */
const nameHeading = 'name'

const fold = (heading: string): string =>
  foldTyped(heading)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')

/** A heading as it is, without what stands in brackets, the parts around a slash, and each of its scripts alone. */
const placeOf = (heading: string): Place | undefined => {
  const plain = foldTyped(heading)
  const bare = plain.replace(/[([{\u3010][^)\]}\u3011]*[)\]}\u3011]/g, ' ')
  const parts = bare.split(/[/|\n]/)
  const scripts = [bare, ...parts].flatMap((part) => [
    part.replace(/\p{Script=Han}/gu, ''),
    part.replace(/[^\p{Script=Han}]/gu, ''),
  ])
  return [plain, bare, ...parts, ...scripts].map((part) => placeOfHeading.get(fold(part))).find((place) => place)
}

/** Which columns hold each field, the preferred one first, and the headings no one knows. */
export type Columns = { fields: ReadonlyMap<Field, readonly number[]>; name: number | undefined; ignored: string[] }

const ignoredMax = 100
const shown = (cell: string): string => foldTyped(cell).slice(0, 60)

/** How many columns these cells name; none unless one of them is that of the tracking number. */
export const countHeadings = (cells: readonly string[]): number => {
  const places = cells
    .slice(0, 1_000)
    .map(placeOf)
    .filter((place) => place !== undefined)
  return places.some(({ field }) => field === 'trackingNumber') ? places.length : 0
}

/** Reads a heading; of several columns for one field the first that is not empty counts in each line. */
export const readColumns = (cells: readonly string[]): Columns => {
  const folded = cells.map(fold)
  const found = cells.flatMap((heading, index) => {
    const place = placeOf(heading)
    return place ? [{ ...place, index }] : []
  })
  const fields = new Map<Field, number[]>()
  for (const { field, index } of found.toSorted((a, b) => a.rank - b.rank))
    fields.set(field, [...(fields.get(field) ?? []), index])
  const name = fields.has('orderNumber') ? -1 : folded.indexOf(nameHeading)
  const known = new Set([...found.map(({ index }) => index), name])
  const ignored = cells.filter((cell, index) => !known.has(index) && !isEmpty(cell)).map(shown)
  return { fields, name: name < 0 ? undefined : name, ignored: ignored.slice(0, ignoredMax) }
}

/** What a file without a heading is told. */
export const noColumnsSentence = (cells: readonly string[]): string =>
  `The first line must name the columns, and one of them must be tracking_number (or awb, tracking_no). Its columns are: ${cells.map(shown).filter(Boolean).slice(0, 20).join(', ') || 'none'}.`

const isOrderName = (cell: string): boolean => /^#?[^\s]*\d[^\s]*$/.test(foldTyped(cell))

/** The line as a registration still to be read. */
export const toRegistrationInput = (cells: readonly string[], { fields, name }: Columns) => {
  const read = (field: Field): string | undefined =>
    fields
      .get(field)
      ?.map((index) => cells[index])
      .find((cell) => !isEmpty(cell))
  const named = name === undefined ? undefined : cells[name]
  return {
    trackingNumber: read('trackingNumber') ?? '',
    ...eachDetail(read),
    orderNumber: read('orderNumber') ?? (named && isOrderName(named) ? named : undefined),
    connection: read('connection'),
    contact: { email: read('email'), phone: read('phone') },
  }
}
