// Laravel Sanctum's API tokens. Its secret: the answer to login is the token itself, as plain text, and it never expires.
import { fields, text, type Profile } from '../index.js'
import { readLaravel, type LaravelUser } from './laravel-problem.js'
import { post, remove, type EmailPassword } from './spelling.js'
import { withoutRefresh } from './without-refresh.js'

/**
 * `POST sanctum/token` {email, password, device_name} → the text `1|abc…`; `GET api/user` with it as the bearer. Sanctum
 * has no route that deletes the token: name yours in `logout`, or signing out is local. Tokens live until they are
 * revoked, unless `sanctum.expiration` says otherwise; name it as `lifetime`, in seconds.
 * @see https://laravel.com/docs/sanctum#mobile-application-authentication
 */
export function sanctumToken({
  path = 'sanctum/token',
  me = 'api/user',
  device = 'browser',
  logout,
  lifetime = Infinity,
}: {
  readonly path?: string
  readonly me?: string
  /** The token's name in the list of devices. */
  readonly device?: string
  /** A DELETE. */
  readonly logout?: string
  readonly lifetime?: number
} = {}): Profile<LaravelUser, EmailPassword> {
  return {
    name: 'sanctum-token',
    bearer: 'header',
    ...withoutRefresh({ me, lifetime, readToken: (body) => fields(body)['token'] }),
    login: (credentials) => post(path, { device_name: device, ...credentials }),
    ...(logout !== undefined && { logout: () => remove(logout) }),
    // `plainTextToken` is the row's id, a bar, and the secret.
    readText: (content) => (/^\d+\|[\w-]{40,}$/.test(content.trim()) ? { token: content.trim() } : undefined),
    readUser(body) {
      const user = fields(body)
      text(user['email'], 'email')
      return user as LaravelUser
    },
    isRefused: (status, body) => status === 401 && fields(body)['message'] !== undefined,
    readProblem: readLaravel,
  }
}
