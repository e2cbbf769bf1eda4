/** Couriers as EasyParcel names them (fact sheet §10 and §11). `awb` is a hint seen in samples, never a rule. */
export type Courier = {
  name: string
  shortName: string
  id: string
  awb: RegExp | undefined
  /** DHL's own scans come newest first in the documented samples. */
  newestFirst: boolean
  /** City-Link's samples write EasyParcel's own event as naive UTC; the others as ISO with `Z`. */
  ownEventNaive: boolean
}

const courier = (
  name: string,
  shortName: string,
  id: string,
  awb?: RegExp,
  oddities: Partial<Courier> = {},
): Courier => ({
  name,
  shortName,
  id,
  awb,
  newestFirst: false,
  ownEventNaive: false,
  ...oddities,
})

export const couriers: readonly Courier[] = [
  courier('DHL eCommerce', 'DHLeC', 'EP-CR0AW', /^7[02]\d{14}$/, { newestFirst: true }),
  courier('City-Link Express (M)', 'City-Link Express', 'EP-CR0D9', /^9603\d{11}$/, { ownEventNaive: true }),
  courier('J&T Express (Malaysia)', 'J&T Express', 'EP-CR0AL', /^6\d{11}$/),
  courier('Skynet Express (M)', 'Skynet', 'EP-CR0AY', /^2387\d{7,8}$/),
  courier('Poslaju National Courier', 'Pos Laju', 'EP-CR0AM', /^[A-Z]{2}\d{9}MY$/),
  courier('SPX Xpress (Malaysia)', 'SPX Xpress', 'EP-CR0D4', /^SPXMY\d{11,12}[A-Z]?$/),
  courier('Ninja Logistics Sdn Bhd', 'Ninjavan MY', 'EP-CR0DD', /^[A-Z]{9}\d{9}$/),
  courier('Flash Malaysia Express', 'Flash', 'EP-CR0D0'),
  courier('KEX Express', 'ABX Express', 'EP-CR0A4'),
  courier('Best Global Logistics (Malaysia)', 'BEST', 'EP-CR0DF'),
  courier('SF Global Express', 'SF Express', 'EP-CR0AR'),
  courier('Line Clear', 'Line Clear', 'EP-CR0D5'),
]

const letters = (word: string) => word.toLowerCase().replace(/[^a-z]/g, '')

/** The courier that a booking names or its number looks like; a number that looks like none goes to J&T Express. */
export const courierOf = (awb: string, named?: string): Courier => {
  const wanted = letters(named ?? '')
  const byName = wanted
    ? couriers.find((one) =>
        [one.name, one.shortName].some((word) => letters(word).startsWith(wanted) || wanted.startsWith(letters(word))),
      )
    : undefined
  return byName ?? couriers.find((one) => one.awb?.test(awb)) ?? couriers[2]!
}
