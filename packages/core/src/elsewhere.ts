// Leaving for a provider and coming back. Its secret: what of a return must be gone from the address at once, and what the tab alone knows (C29, F40).
import { AuthError, isAuthError, type AuthClient, type LoginResult, type Session } from './index.js'
import { segment } from './path-segment.js'

/** A place where the account signs in too. */
export type Identity = {
  readonly id: string
  /** The provider's name, as in `loginWith`. */
  readonly provider: string
  readonly email: string | null
  /** ISO 8601. */
  readonly created_at: string
}

/** What a return from a provider came to; `failed` with the server's code: `cancelled`, `link_required`, `email_unverified` … */
export type Returned<User> =
  | LoginResult<User>
  | { readonly status: 'linked'; readonly identity: Identity }
  | { readonly status: 'failed'; readonly code: string }

/** Where in the app the provider's return leads: a path, without fragment; this page's where absent. */
export type LeaveOptions = { readonly returnTo?: string }

/** The parts of a browser that a journey needs. */
export type Scope = {
  readonly location: Pick<Location, 'href' | 'assign'>
  readonly history: Pick<History, 'replaceState' | 'state'>
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  readonly crypto: Pick<Crypto, 'getRandomValues' | 'subtle'>
}

export type Elsewhere<User> = {
  readonly leave: (provider: string, intent: 'sign-in' | 'link', options?: LeaveOptions) => Promise<void>
  readonly returned: () => Promise<Returned<User> | null>
}

type Client<User> = Pick<AuthClient<User>, 'send' | 'baseURL' | 'login' | 'restore'>

type Proof = { readonly code: string; readonly verifier: string }

const place = 'latchkey:elsewhere'
const marks = ['oauth', 'oauth_code', 'oauth_link', 'oauth_error']

/** Journeys of one tab; its secret rests in sessionStorage, and only its SHA-256 travels. */
export function createElsewhere<User>(auth: Client<User>, scope: Scope): Elsewhere<User> {
  const { location, history } = scope

  /** Null where the tab kept none: then a cookie alone can bring the session. */
  const takeSecret = (): string => {
    try {
      const secret = scope.sessionStorage.getItem(place)
      scope.sessionStorage.removeItem(place)
      return secret ?? ''
    } catch {
      return ''
    }
  }

  /** What the address brought, by name; it is gone from there when this returns. */
  const takeMarks = (): ReadonlyMap<string, string> => {
    const url = new URL(location.href)
    const fragment = new URLSearchParams(url.hash.slice(1))
    const found = [...url.searchParams, ...fragment].filter(([name]) => marks.includes(name))
    if (found.length === 0) return new Map()
    for (const name of marks) {
      url.searchParams.delete(name)
      fragment.delete(name)
    }
    url.hash = fragment.toString()
    history.replaceState(history.state, '', url.href)
    return new Map(found)
  }

  /** What was to be linked by somebody whose login was too old for it; the server has not spent the code. */
  let held: Proof | null = null
  const link = async (json: Proof): Promise<Returned<User>> => {
    held = null
    // The page has just begun: whoever links must be signed in first.
    await auth.restore()
    const headers = { 'X-Latchkey': '1' }
    try {
      const identity = await auth.send({ method: 'POST', path: 'auth/identities', headers, json })
      return { status: 'linked', identity: identity as Identity }
    } catch (error) {
      if (isAuthError(error, 'step_up_required')) held = json
      throw error
    }
  }

  return {
    async leave(provider, intent, { returnTo } = {}) {
      const { pathname, search } = new URL(location.href)
      const query = new URLSearchParams({ return_to: returnTo ?? pathname + search, intent })
      const secret = encode(scope.crypto.getRandomValues(new Uint8Array(32)))
      query.set('challenge', encode(new Uint8Array(await digest(scope, secret))))
      scope.sessionStorage.setItem(place, secret)
      const base = auth.baseURL.replace(/\/*$/, '/')
      location.assign(`${base}auth/oauth/${segment(provider, 'the provider’s name')}?${query}`)
    },
    async returned() {
      const brought = takeMarks()
      const [error, code, toLink] = ['oauth_error', 'oauth_code', 'oauth_link'].map((name) => brought.get(name))
      if (error !== undefined) return { status: 'failed', code: error }
      if (toLink !== undefined) return link({ code: toLink, verifier: takeSecret() })
      if (code !== undefined) return auth.login({ code, verifier: takeSecret() })
      if (!brought.has('oauth')) return held === null ? null : link(held)
      takeSecret()
      return signedIn(await auth.restore({ force: true }))
    },
  }
}

function signedIn<User>(session: Session<User>): Returned<User> {
  // What blocks cookies blocks this one, and nothing else would tell.
  if (session.status !== 'authenticated') return { status: 'failed', code: 'no_session' }
  return { status: 'authenticated', session }
}

async function digest({ crypto }: Scope, text: string): Promise<ArrayBuffer> {
  if (crypto.subtle !== undefined) return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  throw new AuthError('misconfigured', 'This page has no WebCrypto: serve it over https, or from localhost.')
}

const encode = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
