import { InvalidArgumentError } from 'commander'

/** Reads the number that names something. */
export const readId = (text: string): string => {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError('It is named by its number.')
  return text
}

/** Reads the name of a job. */
export const readJobId = (text: string): string => {
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text))
    throw new InvalidArgumentError('A job is named by its id; jobs:list shows it.')
  return text
}
