// Which addresses are one client. Its secret: IPv4 inside IPv6, and how much of an IPv6 address one customer owns (B23, S30).
import { isIPv6 } from 'node:net'

/** The key that an address is counted under: IPv4 as it is, mapped IPv4 unwrapped, IPv6 by its /64. */
export function clientKey(ip: string | null): string {
  if (ip === null) return 'unknown'
  const address = ip.split('%')[0]?.toLowerCase() ?? ''
  if (!isIPv6(address)) return address
  const groups = expand(address)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The eight groups of a valid IPv6 address. */
function expand(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  const gap = Array.from({ length: 8 - before.length - after.length }, () => 0)
  return [...before, ...gap, ...after]
}

function groupsOf(part: string): number[] {
  return part
    .split(':')
    .filter((group) => group !== '')
    .flatMap((group) => {
      if (!group.includes('.')) return [Number.parseInt(group, 16)]
      const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
      return [(a << 8) | b, (c << 8) | d]
    })
}
