export type Places = { take: (who: string) => (() => void) | null }

/** Hands out places, so many in all and for each; null when there is none. What `take` returns gives the place back, once. */
export const createPlaces = ({ max, maxEach }: { max: number; maxEach: number }): Places => {
  const takenBy = new Map<string, number>()
  let taken = 0
  return {
    take: (who) => {
      const own = takenBy.get(who) ?? 0
      if (taken >= max || own >= maxEach) return null
      takenBy.set(who, own + 1)
      taken += 1
      let isTaken = true
      return () => {
        if (!isTaken) return
        isTaken = false
        taken -= 1
        const left = (takenBy.get(who) ?? 1) - 1
        if (left > 0) takenBy.set(who, left)
        else takenBy.delete(who)
      }
    },
  }
}
