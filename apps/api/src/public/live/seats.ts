import { addressBlock } from '../../http/address-block.ts'
import { HttpProblem } from '../../http/http-problem.ts'

export type Seats = { take: (ip: string) => () => void }
type SeatLimits = { streamsMax: number; streamsPerAddressMax: number }

const tooMany = (code: 'unavailable' | 'rate_limited', detail: string, retryAfterSeconds: number): HttpProblem =>
  new HttpProblem(code, `${detail} Ask again from time to time instead, with If-None-Match.`, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  })

/** Hands out the places for live streams, so many in all and for one address; what `take` returns gives the place back, once. */
export const createSeats = ({ streamsMax, streamsPerAddressMax }: SeatLimits): Seats => {
  const takenBy = new Map<string, number>()
  let taken = 0
  const giveBack = (block: string): void => {
    const left = (takenBy.get(block) ?? 0) - 1
    if (left > 0) takenBy.set(block, left)
    else takenBy.delete(block)
    taken -= 1
  }
  return {
    take: (ip) => {
      const block = addressBlock(ip)
      const ofBlock = takenBy.get(block) ?? 0
      if (ofBlock >= streamsPerAddressMax)
        throw tooMany('rate_limited', `There are ${ofBlock} live streams from this address already.`, 60)
      if (taken >= streamsMax) throw tooMany('unavailable', 'There is no room for another live stream.', 30)
      takenBy.set(block, ofBlock + 1)
      taken += 1
      let isTaken = true
      return () => {
        if (isTaken) giveBack(block)
        isTaken = false
      }
    },
  }
}
