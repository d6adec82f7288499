// What every check stands on: the target, an account, and people who sign in. Its secret: when to wait for a rate limit.
import { randomBytes } from 'node:crypto'
import type { Credentials, Profile, WireCall } from '@latchkey/core'
import { openBrowser, type Browser, type Exchange } from './browser.js'
import { createSecrets, type Secrets } from './secrets.js'
import { openVisitor, type Visitor } from './visitor.js'

export type Target = {
  readonly baseURL: string
  readonly profile: Profile
  /** The page that will call the backend. */
  readonly origin: string
  /** An account that exists; without it one is registered. */
  readonly credentials: Credentials | null
  /** What registration wants beside email and password. */
  readonly fields: Readonly<Record<string, string>>
  /** A route that wants a bearer, where the profile has no `me`. */
  readonly protectedPath: string | null
  /** How often a wrong password may be tried. */
  readonly attempts: number
  /** Milliseconds until a call counts as unanswered. */
  readonly timeout: number
}

export type Stage = {
  readonly target: Target
  readonly profile: Profile
  readonly secrets: Secrets
  readonly visitor: () => Visitor
  readonly browser: () => Browser
  /** Who signs in; registered at first use where none was given. */
  readonly account: () => Promise<Credentials>
  /** True where the account was made for this run, so that locking it hurts nobody. */
  readonly isOwnAccount: boolean
  readonly signIn: () => Promise<Visitor>
  readonly sleep: (ms: number) => Promise<unknown>
  /** A GET that wants a bearer; null where none is known. */
  readonly protectedCall: () => WireCall | null
}

/** There is no session to look at; the message says why. */
export class NotSignedIn extends Error {
  override readonly name = 'NotSignedIn'
}

const longestWait = 61_000
const randomText = (bytes: number): string => randomBytes(bytes).toString('base64url')

export function openStage(target: Target, sleep: (ms: number) => Promise<unknown>): Stage {
  const { profile } = target
  const secrets = createSecrets()
  secrets.add(asText(target.credentials?.['password']))
  const browser = (): Browser => openBrowser({ ...target, secrets })
  const visitor = (): Visitor => openVisitor(profile, browser(), secrets)
  let registered: Promise<Credentials> | null = null

  /** Once more after a 429, as long as the server asks for no more than a minute. */
  async function patiently(send: () => Promise<Exchange>): Promise<Exchange> {
    const exchange = await send()
    if (exchange.status !== 429) return exchange
    const seconds = Number(exchange.headers.get('Retry-After') ?? 5)
    if (!(seconds * 1000 <= longestWait))
      throw new NotSignedIn('The server limits how often one may sign in. Try later.')
    await sleep(seconds * 1000)
    return send()
  }

  async function register(): Promise<Credentials> {
    if (profile.register === undefined)
      throw new NotSignedIn(`The profile ${profile.name} cannot register: name an account by --email and --password.`)
    const credentials = { email: madeUpEmail(), password: `Aa1-${randomText(24)}` }
    secrets.add(credentials.password)
    const call = profile.register({ ...target.fields, ...credentials })
    const exchange = await patiently(() => visitor().ask(call))
    if (exchange.ok) return credentials
    throw new NotSignedIn(
      `${exchange.call} answered ${exchange.status}: name an account by --email and --password, or what it wants by --field name=value.`,
    )
  }
  const account = async (): Promise<Credentials> => target.credentials ?? (await (registered ??= register()))

  return {
    target,
    profile,
    secrets,
    browser,
    visitor,
    account,
    sleep,
    isOwnAccount: target.credentials === null,
    async signIn() {
      const someone = visitor()
      const credentials = await account()
      const { ok, status, call, json } = await patiently(() => someone.login(credentials))
      if (ok && asksForMore(profile, json)) throw new NotSignedIn('The account has a second factor: name one without.')
      if (ok && someone.grant() !== null) return someone
      throw new NotSignedIn(`${call} answered ${status}${ok ? ', which the profile cannot read' : ''}.`)
    },
    protectedCall() {
      if (target.protectedPath !== null) return { method: 'GET', path: target.protectedPath }
      return profile.me?.() ?? null
    },
  }
}

/** An address that nobody has: example.com is nobody’s (RFC 2606). */
export const madeUpEmail = (): string => `latchkey-conformance-${randomBytes(6).toString('hex')}@example.com`

/** The account’s name under the keys that people call it by, with another password. */
export const withPassword = (credentials: Credentials, password: string): Credentials => ({ ...credentials, password })

function asksForMore(profile: Profile, json: unknown): boolean {
  try {
    return (profile.readMfa?.(json) ?? null) !== null
  } catch {
    return false
  }
}

const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null)
