import { InvalidArgumentError } from 'commander'

/** Reads an option that says how many, from 1 to `most`. */
export const readAmount =
  (most: number) =>
  (text: string): number => {
    const amount = /^\d{1,9}$/.test(text) ? Number(text) : 0
    if (amount < 1 || amount > most) throw new InvalidArgumentError(`Write a number from 1 to ${most}.`)
    return amount
  }
