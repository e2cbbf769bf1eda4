import { isIPv6 } from 'node:net'

const ipv4InIpv6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'))

/** What counts as one address in limits: an IPv4 address, or the /64 that every IPv6 customer has at least. */
export const addressBlock = (ip: string): string => {
  const ipv4 = ipv4InIpv6.exec(ip)?.[1]
  if (ipv4 !== undefined || !isIPv6(ip)) return ipv4 ?? ip
  const [head = '', tail] = ip.split('%')[0]!.split('::')
  const groups = groupsOf(head)
  const zeros = tail === undefined ? 0 : 8 - groups.length - groupsOf(tail).length
  const whole = [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...groupsOf(tail ?? '')]
  const prefix = whole.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${prefix.join(':')}::/64`
}
