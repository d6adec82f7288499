// Spring Security with both tokens in HttpOnly cookies, as its best-known tutorial has it. Its secret: nothing visible speaks of an expiry.
import { fields, type Profile } from '../index.js'
import { get, living, maybeText, post, type NamePassword } from './spelling.js'
import { springJwt, type SpringUser } from './spring-jwt.js'

/**
 * `POST api/auth/signin` {username, password} → {id, username, email, roles} and two HttpOnly cookies, `…-jwt` and
 * `…-jwt-refresh`; `POST api/auth/refreshtoken` → {message} and the first cookie anew; `POST api/auth/signout`. The
 * tutorial has no route that tells who it is: after a reload the client needs one, name yours. Silent refreshes go by
 * `lifetime` (seconds, as `jwtExpirationMs` has it); without one, by the first 401.
 * @see https://www.bezkoder.com/spring-security-refresh-token/
 */
export function springCookie({
  me,
  prefix = 'api/auth',
  lifetime,
}: {
  readonly me: string
  readonly prefix?: string
  readonly lifetime?: number
}): Profile<SpringUser, NamePassword> {
  const { isRefused, ...shared } = springJwt({ prefix })
  return {
    ...shared,
    name: 'spring-cookie',
    bearer: 'cookie',
    refreshToken: 'cookie',
    ...living(lifetime),
    refresh: () => post(`${prefix}/refreshtoken`),
    me: () => get(me),
    readGrant: (body) => ({ accessToken: null, user: fields(body)['username'] === undefined ? undefined : body }),
    isRefused(status, body) {
      const isMissing = status === 400 && /refresh token is empty/i.test(maybeText(fields(body)['message']) ?? '')
      return (isMissing || isRefused(status, body) !== false) && 'no-session'
    },
  }
}
