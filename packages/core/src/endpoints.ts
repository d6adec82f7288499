// What the client asks of a backend, by its profile. Its secret is what is checked before an answer is a grant.
import { send, type CallOptions, type Reply } from './call.js'
import { note, type Wire } from './core.js'
import { AuthError } from './errors.js'
import { attempt } from './page.js'
import { fields, text, type Credentials, type MfaAnswer, type WireCall } from './profile.js'
import { holdToken, type AccessToken } from './token.js'

/** The server's answer to login, register, MFA or refresh, read and checked. */
export type Grant<User> = {
  readonly token: AccessToken
  readonly refreshToken: string | undefined
  readonly user: User | undefined
  readonly sid: string | undefined
}

/** A login that is not finished: the server asks for a second factor. */
type MfaChallenge = { readonly challenge: string; readonly methods: readonly string[] }

/** What login, register or MFA come to; null where the backend registers without signing in. */
export type Answer<User> = Grant<User> | MfaChallenge | null

/** One of the calls that may sign in, as the profile spells it. @throws `misconfigured` where the backend does not offer it */
export async function signIn<User>(
  wire: Wire<User>,
  name: 'login' | 'register' | 'verifyMfa',
  input: Credentials | MfaAnswer,
  options?: CallOptions,
): Promise<Answer<User>> {
  const { profile } = wire
  const spell = profile[name] as ((input: Credentials | MfaAnswer) => WireCall) | undefined
  if (!spell) throw new AuthError('misconfigured', `The backend of the profile ${profile.name} has no ${name}.`)
  const answer = await send(wire, spell(input), options)
  if (name === 'register' && !signsIn(wire, answer)) return null
  return reading(() => profile.readMfa?.(answer.body)) ?? readGrant(wire, answer)
}

/** Whether what registering brought is a token, or, where the page cannot see it, somebody. */
function signsIn<User>({ profile }: Wire<User>, { body, headers }: Reply): boolean {
  const told = attempt(() => profile.readGrant(body, headers))
  return !!(profile.bearer === 'cookie' ? told && told.user !== undefined : told?.accessToken)
}

/** @throws `Refused` for the definitive no; `unreachable`, `rate_limited` or `protocol_error` for everything else. */
export const refresh = async <User>(
  wire: Wire<User>,
  refreshToken: string | undefined,
  options?: CallOptions,
): Promise<Grant<User>> =>
  readGrant(wire, await send(wire, wire.profile.refresh(refreshToken), options, true), refreshToken)

export async function me<User>(wire: Wire<User>, options: CallOptions): Promise<User | undefined> {
  const call = wire.profile.me?.()
  if (!call) return undefined
  const { body } = await send(wire, call, options)
  return reading(() => wire.profile.readUser(body))
}

function readGrant<User>(wire: Wire<User>, { body, headers, at }: Reply, presented?: string): Grant<User> {
  const { profile } = wire
  const { lifetime, bearer } = profile
  if (profile.refreshToken === 'cookie' && ['refresh_token', 'refreshToken'].some((name) => name in fields(body)))
    note(wire, 'The server’s answer holds a refresh token. Leave it out there: its place is the cookie.')
  return reading(() => {
    const { accessToken, refreshToken, expiresIn, user, sid } = profile.readGrant(body, headers, presented)
    const isOld = profile.renews === false && presented !== undefined
    const token = holdToken(
      bearer === 'cookie' ? null : text(accessToken, 'the access token'),
      {
        expiresIn: expiresIn ?? (isOld ? undefined : lifetime),
        date: Date.parse(headers.get('Date') ?? ''),
        ageless: isOld || lifetime === Infinity,
      },
      at,
    )
    const id = sid ?? token.claims['sid']
    return {
      token,
      refreshToken: profile.refreshToken === 'access' ? (token.value ?? undefined) : refreshToken,
      user: user === undefined || (user === null && bearer === 'cookie') ? undefined : profile.readUser(user),
      sid: typeof id === 'string' ? id : undefined,
    }
  })
}

/** What the profile reads, with its TypeError turned into the error that callers know. */
function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof AuthError) throw error
    const why = error instanceof TypeError ? `: ${error.message}` : ''
    throw new AuthError('protocol_error', `The profile cannot read the server’s answer${why}.`)
  }
}
