import { chance, pick } from '../random.ts'

/** States by their code of ISO 3166-2, each with the first digits of its postcodes. */
const states: readonly (readonly [code: string, postcode: string])[] = [
  ['MY-01', '80'],
  ['MY-02', '05'],
  ['MY-03', '15'],
  ['MY-04', '75'],
  ['MY-05', '70'],
  ['MY-06', '25'],
  ['MY-07', '11'],
  ['MY-08', '31'],
  ['MY-09', '01'],
  ['MY-10', '47'],
  ['MY-11', '20'],
  ['MY-12', '88'],
  ['MY-13', '93'],
  ['MY-14', '50'],
  ['MY-16', '62'],
]

const digits = (amount: number, ...parts: string[]): string =>
  String(Math.floor(chance(...parts) * 10 ** amount)).padStart(amount, '0')

/** Who receives a parcel: made up from its number, so that it is the same each time. */
export const receiverOf = (seed: string, awb: string) => {
  const [state, postcode] = pick(states, seed, awb, 'state')
  return {
    name: `Buyer ${digits(4, seed, awb, 'buyer')}`,
    email: `buyer${digits(6, seed, awb, 'email')}@example.com`,
    phone: `12${digits(7, seed, awb, 'phone')}`,
    state,
    postcode: `${postcode}${digits(3, seed, awb, 'postcode')}`,
  }
}
