import { webcrypto } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAccount } from '../src/account.js'
import { createAuthClient } from '../src/index.js'
import { json, problem } from './backend.js'
import { settle } from './manual-clock.js'
import { credentials, openClient } from './open-client.js'

/** A tab at an address: what it was sent to, what it kept, what its address became. */
function openTab(href: string, kept: string | null = null) {
  const sent: string[] = []
  const tab = {
    href,
    sent,
    kept,
    scope: {
      location: {
        get href() {
          return tab.href
        },
        assign: (url: string | URL) => void sent.push(String(url)),
      },
      history: {
        state: { of: 'the router' },
        replaceState: (state: unknown, _unused: string, url?: string | URL | null) => {
          expect(state).toEqual({ of: 'the router' })
          tab.href = String(url)
        },
      },
      sessionStorage: {
        getItem: () => tab.kept,
        setItem: (_name: string, value: string) => {
          tab.kept = value
        },
        removeItem: () => {
          tab.kept = null
        },
      },
      crypto: webcrypto as Crypto,
    },
  }
  return tab
}

const sha256 = async (text: string) =>
  Buffer.from(await webcrypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('base64url')

describe('leaving for a provider', () => {
  it('C29 goes by a navigation, with the SHA-256 of a secret that stays in the tab', async () => {
    const { auth } = openClient()
    const tab = openTab('https://app.test/login?next=%2Fa#top')
    await createAccount(auth, tab.scope).loginWith('acme')
    const [there, ...more] = tab.sent.map((url) => new URL(url))
    expect(more).toEqual([])
    expect(there?.origin + String(there?.pathname)).toBe('https://api.test/auth/oauth/acme')
    expect(Object.fromEntries(there?.searchParams ?? [])).toEqual({
      return_to: '/login?next=%2Fa',
      intent: 'sign-in',
      challenge: await sha256(tab.kept ?? ''),
    })
    expect(tab.kept).toMatch(/^[\w-]{43}$/)
    expect(tab.sent.join()).not.toContain(tab.kept)
    auth.dispose()
  })

  it('goes to link likewise, and comes back to where it is asked to', async () => {
    const { auth } = openClient()
    const tab = openTab('https://app.test/account')
    await createAccount(auth, tab.scope).identities.link('acme', { returnTo: '/account/security' })
    const query = new URL(tab.sent[0] ?? '').searchParams
    expect([query.get('intent'), query.get('return_to')]).toEqual(['link', '/account/security'])
    auth.dispose()
  })

  it.each(['', '.', '..'])('%j is no provider, and nobody leaves', async (name) => {
    const { auth } = openClient()
    const tab = openTab('https://app.test/')
    await expect(createAccount(auth, tab.scope).loginWith(name)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(tab.sent).toEqual([])
    auth.dispose()
  })

  it('a page without WebCrypto is told what it lacks', async () => {
    const { auth } = openClient()
    const { scope, sent } = openTab('http://app.test/')
    const insecure = {
      ...scope,
      crypto: { getRandomValues: scope.crypto.getRandomValues.bind(scope.crypto) } as Crypto,
    }
    await expect(createAccount(auth, insecure).loginWith('acme')).rejects.toMatchObject({ code: 'misconfigured' })
    expect(sent).toEqual([])
    auth.dispose()
  })
})

describe('coming back', () => {
  it('an address that brings nothing stays as it is, and nobody is asked', async () => {
    const { auth, backend } = openClient()
    const tab = openTab('https://app.test/account?tab=2#section')
    expect(await createAccount(auth, tab.scope).returned()).toBeNull()
    expect([tab.href, backend.sent]).toEqual(['https://app.test/account?tab=2#section', []])
    auth.dispose()
  })

  it.each([
    ['https://app.test/account?tab=2#oauth=signed-in', 'https://app.test/account?tab=2'],
    ['https://app.test/#oauth_code=canary', 'https://app.test/'],
    ['https://app.test/a#oauth_link=canary&x=1', 'https://app.test/a#x=1'],
    ['https://app.test/a?b=1&oauth_error=cancelled', 'https://app.test/a?b=1'],
  ])('C29, F40: %s is %s before anything is awaited', async (before, after) => {
    const { auth } = openClient()
    const tab = openTab(before)
    const returned = createAccount(auth, tab.scope).returned()
    expect(tab.href).toBe(after)
    await returned.catch(() => undefined)
    expect(tab.href).toBe(after)
    auth.dispose()
  })

  it('a session in the cookie is looked for, and signs in', async () => {
    const { auth, backend } = openClient()
    backend.signedIn('ada')
    const tab = openTab('https://app.test/#oauth=signed-in', 'secret')
    const returned = await createAccount(auth, tab.scope).returned()
    expect(returned).toMatchObject({ status: 'authenticated', session: { status: 'authenticated' } })
    expect([backend.count('/auth/refresh'), tab.kept]).toEqual([1, null])
    auth.dispose()
  })

  it('a code is exchanged together with the secret of the tab, once, as a login', async () => {
    const { auth, backend } = openClient()
    backend.signedIn('ada')
    backend.answer('/auth/login/oauth', (sent) => backend.own({ ...sent, path: '/auth/refresh' }))
    const tab = openTab('https://app.test/#oauth_code=canary', 'secret')
    const account = createAccount(auth, tab.scope)
    expect(await account.returned()).toMatchObject({ status: 'authenticated' })
    expect(auth.$session.get().status).toBe('authenticated')
    const body = JSON.stringify({ code: 'canary', verifier: 'secret' })
    expect(backend.sent[0]).toMatchObject({ path: '/auth/login/oauth', body })
    expect(await account.returned()).toBeNull()
    auth.dispose()
  })

  it('a second factor may be asked for', async () => {
    const { auth, backend } = openClient()
    backend.answer('/auth/login/oauth', () => json({ mfa_required: true, challenge: 'c', methods: ['totp'] }))
    const tab = openTab('https://app.test/#oauth_code=x', 'secret')
    const asked = { status: 'mfa-required', challenge: 'c', methods: ['totp'] }
    expect(await createAccount(auth, tab.scope).returned()).toEqual(asked)
    auth.dispose()
  })

  it('C29 a code that somebody planted goes out without a secret, and is refused', async () => {
    const { auth, backend } = openClient()
    backend.answer('/auth/login/oauth', () => json({ code: 'invalid_input', errors: { code: 'no' } }, 422))
    const tab = openTab('https://app.test/#oauth_code=planted')
    await expect(createAccount(auth, tab.scope).returned()).rejects.toMatchObject({ code: 'invalid_input' })
    expect(backend.sent[0]).toMatchObject({ body: JSON.stringify({ code: 'planted', verifier: '' }) })
    auth.dispose()
  })

  it('what is to be linked is shown with the bearer', async () => {
    const { auth, backend } = openClient()
    backend.signedIn('ada')
    const identity = { id: 'i', provider: 'acme', email: null, created_at: '2026-01-01T00:00:00.000Z' }
    backend.answer('/auth/identities', () => json(identity, 201))
    const tab = openTab('https://app.test/account#oauth_link=x', 'secret')
    expect(await createAccount(auth, tab.scope).returned()).toEqual({ status: 'linked', identity })
    const sent = backend.sent.find(({ path }) => path === '/auth/identities')
    const body = JSON.stringify({ code: 'x', verifier: 'secret' })
    expect(sent).toMatchObject({ authorization: `Bearer ${backend.token()}`, body })
    auth.dispose()
  })

  it('B28 a link that wants a fresher login waits for one, and is then made by the same code', async () => {
    const { auth, backend } = openClient()
    backend.signedIn('ada')
    const identity = { id: 'i', provider: 'acme', email: null, created_at: '2026-01-01T00:00:00.000Z' }
    const tooOld = { 'WWW-Authenticate': 'Bearer error="insufficient_user_authentication", max_age="900"' }
    backend.answer('/auth/identities', () => problem(401, 'step_up_required', tooOld))
    const account = createAccount(auth, openTab('https://app.test/account#oauth_link=x', 'secret').scope)
    await expect(account.returned()).rejects.toMatchObject({ code: 'step_up_required' })
    const linked = auth.withStepUp(account.returned)
    await settle()
    expect(auth.stepUp.waiting()).toBe(1)
    backend.answer('/auth/identities', () => json(identity, 201))
    await auth.login(credentials)
    expect(await linked).toEqual({ status: 'linked', identity })
    const bodies = backend.sent.filter(({ path }) => path === '/auth/identities').map(({ body }) => body)
    expect(new Set(bodies)).toEqual(new Set([JSON.stringify({ code: 'x', verifier: 'secret' })]))
    expect(await account.returned()).toBeNull()
    auth.dispose()
  })

  it('a failure is told by its code, and nobody is asked', async () => {
    const { auth, backend } = openClient()
    const tab = openTab('https://app.test/login?oauth_error=link_required')
    expect(await createAccount(auth, tab.scope).returned()).toEqual({ status: 'failed', code: 'link_required' })
    expect(backend.sent).toEqual([])
    auth.dispose()
  })

  it('F31 a browser that keeps no cookies is told so, not signed in', async () => {
    const { auth, backend } = openClient()
    backend.answer('/auth/refresh', () => json({ code: 'no_session' }, 401))
    const tab = openTab('https://app.test/#oauth=signed-in')
    expect(await createAccount(auth, tab.scope).returned()).toEqual({ status: 'failed', code: 'no_session' })
    auth.dispose()
  })

  it('a tab whose storage throws comes back all the same (F30)', async () => {
    const { auth, backend } = openClient()
    backend.signedIn('ada')
    const { scope } = openTab('https://app.test/#oauth=signed-in')
    const getItem = () => {
      throw new DOMException('No storage here.', 'SecurityError')
    }
    const account = createAccount(auth, { ...scope, sessionStorage: { ...scope.sessionStorage, getItem } })
    expect(await account.returned()).toMatchObject({ status: 'authenticated' })
    auth.dispose()
  })
})

it('on a server nothing is touched until it is asked', () => {
  const auth = createAuthClient({ baseURL: 'https://api.test' })
  expect(() => createAccount(auth)).not.toThrow()
  auth.dispose()
})
