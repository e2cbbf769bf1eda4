import { BlockList, isIP, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'

const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'))

/** All eight groups of an IPv6 address, as numbers. */
const wholeIpv6 = (ip: string): number[] => {
  const dotted = /[\d.]+$/.exec(ip)?.[0] ?? ''
  const [a, b, c, d] = dotted.split('.').map(Number)
  const tailAsHex = d === undefined ? dotted : `${(a! * 256 + b!).toString(16)}:${(c! * 256 + d).toString(16)}`
  const [head = '', tail] = `${ip.slice(0, ip.length - dotted.length)}${tailAsHex}`.split('::')
  const [left, right] = [groupsOf(head), groupsOf(tail ?? '')]
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right].map((group) => Number.parseInt(group, 16))
}

/** The address in what a socket or a proxy wrote: without port, brackets and zone, IPv4 as such; undefined when it is none. */
export const bareAddress = (written: string): string | undefined => {
  const unwrapped = written
    .trim()
    .replace(/^\[([^\]]*)\](?::\d+)?$/, '$1')
    .replace(/%.*$/, '')
  const ip = [unwrapped, unwrapped.replace(/:\d+$/, '')].find((text) => isIP(text) !== 0)
  if (ip === undefined || !isIPv6(ip)) return ip
  const groups = wholeIpv6(ip)
  const isIpv4 = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (!isIpv4) return ip
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}

/** What counts as one address in limits: an IPv4 address, or the /64 that every IPv6 customer has at least. */
export const addressBlock = (written: string): string => {
  const ip = bareAddress(written)
  if (ip === undefined || !isIPv6(ip)) return ip ?? written
  const prefix = wholeIpv6(ip)
    .slice(0, 4)
    .map((group) => group.toString(16))
  return `${prefix.join(':')}::/64`
}

const networkNames: Record<string, string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** Tells which addresses, however they are written, are in these networks. */
export const createNetworks = (networks: readonly string[]): ((written: string) => boolean) => {
  const list = new BlockList()
  for (const network of networks.flatMap((each) => networkNames[each] ?? each)) {
    const [address = '', prefix] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    list.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return (written) => {
    const ip = bareAddress(written)
    return ip !== undefined && list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4')
  }
}

/** Where a request comes from. What a proxy wrote and is no address counts as that proxy: made-up names are not new visitors. */
export const ipOf = ({ ip, raw }: Pick<FastifyRequest, 'ip' | 'raw'>): string =>
  bareAddress(ip) ?? raw.socket.remoteAddress ?? ''

/** The address that a request counts for. */
export const addressOf = (request: Pick<FastifyRequest, 'ip' | 'raw'>): string => addressBlock(ipOf(request))
