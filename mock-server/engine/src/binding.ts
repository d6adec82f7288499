// What a token family is bound to, and how like two callers are. The secret is which traits a person's browser never changes.

/** Where a call came from. The device cookie is there in cookie transports only; the rest is shown in the list of sessions. */
export type Device = {
  readonly userAgent: string | null
  readonly ip: string | null
  /** The device cookie in the clear, as it was sent; null where none came, and always in body mode. */
  readonly did: string | null
}

/** Seconds that a device cookie lives: the most that browsers allow. */
export const deviceCookieAge = 400 * 86_400

/** What a family remembers of the device that opened it and of the one that rotated it last. */
type Remembered = { readonly deviceHash: string | null; readonly userAgent: string | null; readonly ip: string | null }

/** Longest first in spirit: each browser also calls itself by the names of those it descends from. */
const browsers: readonly (readonly [string, RegExp])[] = [
  ['edge', /\bEdg(?:e|A|iOS)?\//],
  ['opera', /\b(?:OPR|OPT|Opera)\b/],
  ['samsung', /\bSamsungBrowser\//],
  ['firefox', /\b(?:Firefox|FxiOS)\//],
  ['chrome', /\b(?:HeadlessChrome|Chrome|Chromium|CriOS)\//],
  ['safari', /\bSafari\//],
]

/** The browser's family: it survives updates and "request desktop site", and a copied cookie seldom keeps it. */
export function browserFamily(userAgent: string | null): string {
  const text = userAgent ?? ''
  const known = browsers.find(([, pattern]) => pattern.test(text))
  return known?.[0] ?? text.split(/[/\s]/)[0]?.toLowerCase() ?? ''
}

/** The network that an address is of: 24 bits of IPv4, 48 of IPv6; the text itself where it is neither. */
export function networkOf(ip: string | null): string {
  const text = (ip ?? '').toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
  if (!text.includes(':')) return text.split('.').slice(0, 3).join('.')
  const [left = '', right = ''] = text.split('::')
  const head = left.split(':').filter((part) => part !== '')
  const tail = text.includes('::') ? right.split(':').filter((part) => part !== '') : []
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0')
  return [...head, ...zeros, ...tail]
    .slice(0, 3)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':')
}

/**
 * Whether the caller is the device that the family belongs to: by device cookie, where the family has one, and by
 * browser family, where one was told. The address never counts: people walk from one network to the next.
 */
export const isBound = (family: Remembered, device: Device, didHash: string | null): boolean =>
  (family.deviceHash === null || family.deviceHash === didHash) &&
  (family.userAgent === null || browserFamily(family.userAgent) === browserFamily(device.userAgent))

/** Whether the caller looks different from the one that rotated last: another version, system or network. No proof of anything. */
export const isForeign = (family: Remembered, device: Device): boolean =>
  family.userAgent !== device.userAgent || networkOf(family.ip) !== networkOf(device.ip)
