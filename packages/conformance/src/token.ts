// What an access token says of itself, where it is a JWT; its secret is that many are not.

export type Claims = Readonly<Record<string, unknown>>

/** The claims, unverified; null for an opaque token. */
export function claimsOf(token: string): Claims | null {
  const payload = read(token.split('.')[1])
  return token.split('.').length === 3 && read(token.split('.')[0]) !== null ? payload : null
}

/** The same token with other claims or another header, its signature as it was or left out. */
export function forge(
  token: string,
  change: { readonly header?: object; readonly claims?: object; readonly signature?: string },
): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const write = (part: string, more: object | undefined): string =>
    more === undefined ? part : Buffer.from(JSON.stringify({ ...read(part), ...more })).toString('base64url')
  return [write(header, change.header), write(payload, change.claims), change.signature ?? signature].join('.')
}

function read(part: string | undefined): Claims | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Claims) : null
  } catch {
    return null
  }
}
