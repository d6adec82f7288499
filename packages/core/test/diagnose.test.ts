import { describe, expect, it } from 'vitest'
import { latchkey, type AuthClient } from '../src/index.js'
import { diagnose, type Surroundings } from '../src/diagnose.js'
import { json, problem } from './backend.js'
import { credentials, openClient } from './open-client.js'

const there: typeof globalThis.fetch = async () => new Response('')
const away: typeof globalThis.fetch = async () => {
  throw new TypeError('Failed to fetch')
}
const opaque: typeof globalThis.fetch = async (_url, init) => (init?.mode === 'no-cors' ? new Response('') : away(''))
/** A server that knows no session, whoever asks. */
const strange: typeof globalThis.fetch = async () => problem(401, 'no_session')
const here: Surroundings = { href: 'https://app.test/', cookieEnabled: true, fetch: strange, ancestors: [] }
const codes = async (auth: AuthClient, around: Surroundings): Promise<readonly string[]> =>
  (await diagnose(auth, around)).findings.map(({ code }) => code)

describe('a diagnosis', () => {
  it('says that the cookie came back, after one exchange', async () => {
    const { auth, backend } = openClient()
    await auth.login(credentials)
    expect(await diagnose(auth, here)).toMatchObject({ ok: true, findings: [{ code: 'cookie-came-back' }] })
    expect(backend.count('/auth/refresh')).toBe(1)
  })

  it.each([
    ['F31 cookies are blocked', 'https://api.app.test', { ...here, cookieEnabled: false }, ['cookies-blocked']],
    ['F32 the API is another site’s', 'https://api.elsewhere.org', here, ['same-site']],
    [
      'F32 localhost and 127.0.0.1 are two sites',
      'http://127.0.0.1:8787',
      { ...here, href: 'http://localhost:5173/' },
      ['same-site'],
    ],
    [
      'F32 the page is framed by another site',
      'https://api.app.test',
      { ...here, ancestors: ['https://app.test', 'https://portal.example'] },
      ['third-party'],
    ],
    ['page and API differ in scheme', 'https://api.app.test', { ...here, href: 'http://app.test/' }, ['mixed-scheme']],
    ['a Secure cookie over plain http', 'http://api.app.test', { ...here, href: 'http://app.test/' }, ['insecure-api']],
    [
      'there is no session, or the path does not cover it',
      'https://api.app.test',
      here,
      ['not-signed-in', 'cookie-path'],
    ],
    [
      'the client’s fetch drops the credentials',
      'https://api.app.test',
      { ...here, fetch: async () => json({}) },
      ['credentials'],
    ],
    [
      'the session is over',
      'https://api.app.test',
      { ...here, fetch: async () => problem(401, 'session_revoked') },
      ['session-over'],
    ],
    [
      'a body profile has no cookie to miss',
      'https://api.elsewhere.org',
      { ...here, profile: latchkey({ refreshToken: 'body' }) },
      ['not-signed-in'],
    ],
  ] as const)('%s', async (_law, baseURL, around, expected) => {
    const { auth } = openClient(undefined, { baseURL })
    expect(await codes(auth, around)).toEqual(expected)
  })

  it('who has logged in here is not asked to log in', async () => {
    const { auth, backend } = openClient(undefined, { baseURL: 'https://api.app.test' })
    await auth.login(credentials)
    backend.answer('/auth/refresh', () => problem(401, 'no_session'))
    expect(await codes(auth, here)).toEqual(['cookie-path'])
  })

  it.each([
    ['F62 a server that answers, but not to this page: CORS', { ...here, fetch: opaque }, 'cors-refused'],
    ['F62 a server that answers this page, but not with cookies', { ...here, fetch: there }, 'cors-credentials'],
    ['F1 a server that does not answer', { ...here, fetch: away }, 'server-unreachable', 'cors-refused'],
    ['F1 a server of the page’s own', { ...here, href: 'https://api.test/', fetch: away }, 'server-unreachable'],
  ] as const)('%s', async (_law, around, ...expected) => {
    const { auth, backend } = openClient()
    await auth.login(credentials)
    backend.answer('/auth/refresh', () => {
      throw new TypeError('Failed to fetch')
    })
    expect(await codes(auth, around)).toEqual(expected)
  })

  it('F32 a server that refuses whatever comes from another site', async () => {
    const { auth, backend } = openClient(undefined, { baseURL: 'https://api.elsewhere.org' })
    backend.answer('/auth/refresh', () => problem(403, 'csrf'))
    expect(await codes(auth, here)).toEqual(['same-site'])
  })

  it('an https page may not call an http API', async () => {
    const { auth } = openClient(undefined, { baseURL: 'http://api.app.test', fetch: away })
    expect(await codes(auth, { ...here, fetch: away })).toEqual(['mixed-content'])
  })

  it.each([
    ['a CSRF rule', () => problem(403, 'csrf')],
    ['an answer that is none', () => json({ nothing: true }, 500)],
  ])('passes on what the server said: %s', async (_what, reply) => {
    const { auth, backend } = openClient(undefined, { baseURL: 'https://api.app.test' })
    await auth.login(credentials)
    backend.answer('/auth/refresh', reply)
    expect(await codes(auth, here)).toEqual(['misconfigured'])
  })
})
