// Backends that issue one token and no other. Its secret: the user's route can still tell a page whether the one it kept is good.
import { text, type Profile, type WireGrant } from '../index.js'
import { get } from './spelling.js'

type Unrenewed = {
  /** The route that tells who the token's user is. */
  readonly me: string
  /** Seconds; `Infinity` where tokens live until they are revoked. */
  readonly lifetime?: number | undefined
  /** What stands before the token in `Authorization`. */
  readonly scheme?: string
  /** The token in the answer to login. */
  readonly readToken: (body: unknown, headers: Headers) => unknown
}

type Parts = Pick<Profile, 'refreshToken' | 'renews' | 'lifetime' | 'attach' | 'refresh' | 'me' | 'readGrant'>

/**
 * What such a profile has in common: the session ends with its token and not a second earlier. A token that the client's
 * `storage` kept over a reload is looked up at the user's route, which answers with the user and no token.
 */
export function withoutRefresh({ me, lifetime, scheme = 'Bearer', readToken }: Unrenewed): Parts {
  const attach = bearing(scheme)
  return {
    refreshToken: 'access',
    renews: false,
    ...(lifetime !== undefined && { lifetime }),
    ...(scheme !== 'Bearer' && { attach }),
    refresh: (token = '') => get(me, attach(token)),
    me: () => get(me),
    readGrant(body, headers, presented): WireGrant {
      if (presented !== undefined) return { accessToken: presented, user: body }
      return { accessToken: text(readToken(body, headers), 'the token') }
    },
  }
}

/** `Authorization` with another scheme than `Bearer`; none at all where it is empty. */
export const bearing =
  (scheme: string): NonNullable<Profile['attach']> =>
  (token) =>
    token === null ? {} : { Authorization: scheme === '' ? token : `${scheme} ${token}` }
