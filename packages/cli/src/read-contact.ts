import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { type Contact, readContact } from '@jejak/contract'
import { CliError } from './cli-error.ts'

/**
 * A customer's e-mail address or phone number, asked for at a terminal, else the first line of standard input: what stands in a command is kept by shells
 * and seen by everyone on the machine.
 */
export const askForContact = async (signal: AbortSignal): Promise<Contact> => {
  const typed = process.stdin.isTTY ? await askAtTerminal(signal) : (await text(process.stdin)).split(/\r?\n/)[0]
  const contact = readContact(typed ?? '')
  if (!contact)
    throw new CliError(
      'Give the e-mail address or the phone number of the customer, one, as the first line of standard input.',
      {
        exitCode: 2,
      },
    )
  return contact
}

const askAtTerminal = async (signal: AbortSignal): Promise<string> => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question('E-mail address or phone number of the customer: ', { signal })
  } finally {
    terminal.close()
  }
}
