// How this server talks to providers. Its secret: where it will not go, whatever a provider's document says (S42, B32).
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

/** Ranges that no provider on the internet lives in: private, loopback, link-local, carrier, documentation, multicast. */
const inner = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  inner.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inner.addSubnet(net, bits, 'ipv6')

/** Whether the address is one of a network's own, IPv4 inside IPv6 included. */
export const isInner = (address: string): boolean => inner.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Whether an http address of this very machine, as developers have. */
export const isLoopback = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)

/** Addresses of a host name; handed in by tests. */
export type Resolve = (hostname: string) => Promise<readonly { readonly address: string }[]>

const resolveAll: Resolve = (hostname) => lookup(hostname, { all: true })

/** The place was refused before anything was sent. */
export class ForbiddenPlace extends Error {
  override readonly name = 'ForbiddenPlace'
}

/**
 * A `fetch` for what one issuer's document names: https only, never an inner address, never a redirect. The issuer's own
 * origin is whatever the operator wrote, a loopback one over http included.
 */
export function createBackChannel(issuer: string, resolve: Resolve = resolveAll): typeof globalThis.fetch {
  const home = new URL(issuer).origin
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.origin !== home) await requirePublic(url, resolve)
    return fetch(input, { ...init, redirect: 'error' })
  }
}

async function requirePublic(url: URL, resolve: Resolve): Promise<void> {
  if (url.protocol !== 'https:') throw new ForbiddenPlace('A provider names an address that is not https.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(host) > 0 ? [{ address: host }] : await resolve(host)
  if (addresses.length === 0 || addresses.some(({ address }) => isInner(address))) {
    throw new ForbiddenPlace('A provider names an address inside a private network.')
  }
}
