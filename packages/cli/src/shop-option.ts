import { Option } from 'commander'

/** Names the shop that a command is about; without it, the one that the installation began with. */
export const shopOption = (): Option =>
  new Option('--shop <slug>', 'the shop, as org:list names it; without it the first one')
