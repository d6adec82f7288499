// Signing in at a running OpenID Connect issuer, oidc-provider, and all that must not work there (B32, S41).
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunningServer } from '../src/index.js'
import { type Issuer, openIssuer } from './issuer.js'
import { aServer } from './settings.js'
import { openSurfer, type Surfer } from './surfer.js'

const app = 'http://localhost:5173'

let issuer: Issuer
let shy: Issuer
let server: RunningServer
let surfer: Surfer

beforeAll(async () => {
  issuer = await openIssuer()
  shy = await openIssuer({ inToken: false })
  server = await aServer({ env: { ...issuer.env('ACME'), ...shy.env('SHY'), APP_URL: app } })
  issuer.admit(`${server.url}/auth/oauth/acme/callback`)
  shy.admit(`${server.url}/auth/oauth/shy/callback`)
})
afterAll(async () => {
  await server.stop()
  await issuer.close()
  await shy.close()
})
beforeEach(() => {
  surfer = openSurfer()
})

const aPerson = () => ({ sub: randomUUID(), email: `${randomUUID()}@example.com`, email_verified: true, name: 'Ada' })
const begin = (provider = 'acme') => `${server.url}/auth/oauth/${provider}?return_to=/account`
const callback = (provider = 'acme') => `${server.url}/auth/oauth/${provider}/callback`

/** As far as the issuer's redirect back to this server, which is not followed. */
const toCallback = (by = surfer) => by.until(begin(), callback())

/** Where the app is told to be after that address. */
async function land(url: URL, by = surfer): Promise<URL> {
  const response = await by.get(url.href)
  expect(response.status).toBe(302)
  return new URL(response.headers.get('location') ?? '')
}

async function whoIs(by = surfer): Promise<Record<string, unknown> | null> {
  const cookie = [...(by.jar.get(server.url) ?? [])].map((pair) => pair.join('=')).join('; ')
  const headers = { cookie, 'x-latchkey': '1' }
  const response = await fetch(`${server.url}/auth/refresh`, { method: 'POST', headers })
  const { user } = (await response.json()) as { user?: Record<string, unknown> }
  return user ?? null
}

describe('there and back', () => {
  it.each(['acme', 'shy'])(
    'whoever signs in at %s is signed in here, wherever the issuer tells the address',
    async (name) => {
      const person = aPerson()
      for (const each of [issuer, shy]) each.seat(person)
      const there = new URL((await surfer.get(begin(name))).headers.get('location') ?? '')
      expect(Object.fromEntries(there.searchParams)).toMatchObject({
        response_type: 'code',
        scope: 'openid email profile',
        code_challenge_method: 'S256',
        redirect_uri: callback(name),
      })
      const page = await surfer.until(begin(name), app)
      expect(page.href).toBe(`${app}/account#oauth=signed-in`)
      const { email, name: display_name } = person
      expect(await whoIs()).toMatchObject({ email, display_name, email_verified: true })
    },
  )

  it('who comes again comes to the same account, by the subject and not by the address (B31)', async () => {
    const person = aPerson()
    issuer.seat(person)
    await surfer.until(begin(), app)
    const first = await whoIs()
    issuer.seat({ ...person, email: aPerson().email })
    const again = openSurfer()
    await again.until(begin(), app)
    expect((await whoIs(again))?.['id']).toBe(first?.['id'])
  })

  it('an address that the issuer has not proven opens nothing (B31)', async () => {
    for (const person of [{ ...aPerson(), email_verified: false }, { sub: randomUUID() }]) {
      issuer.seat(person)
      const page = await openSurfer().until(begin(), app)
      expect(page.searchParams.get('oauth_error')).toBe('email_unverified')
    }
  })

  it('who cancels there is told so here', async () => {
    issuer.seat(null)
    expect((await surfer.until(begin(), app)).href).toBe(`${app}/account?oauth_error=cancelled`)
    expect(await whoIs()).toBeNull()
  })
})

describe('S41, B32: a return that was tampered with', () => {
  beforeEach(() => issuer.seat(aPerson()))

  /** What the app is told, who is signed in, and what else the address brings: a code, nobody, and nothing. */
  const outcome = async (url: URL, by = surfer) => {
    const page = await land(url, by)
    return [page.searchParams.get('oauth_error'), await whoIs(by), page.hash]
  }
  const refused = (code: string) => [code, null, '']

  const tampered = (url: URL, name: string, value: string | null) => {
    const changed = new URL(url)
    if (value === null) changed.searchParams.delete(name)
    else changed.searchParams.set(name, value)
    return changed
  }

  it.each([
    ['another state', 'state', 'x'.repeat(43), 'handshake_expired'],
    ['no state', 'state', null, 'handshake_expired'],
    ['another code', 'code', 'x'.repeat(43), 'provider_refused'],
    ['no code', 'code', null, 'provider_refused'],
    ['another iss: a mix-up (RFC 9207)', 'iss', 'https://evil.test', 'provider_refused'],
    ['no iss, though the issuer promised one', 'iss', null, 'provider_refused'],
    ['a token in the query', 'id_token', 'eyJhbGciOiJub25lIn0.e30.', 'provider_refused'],
  ])('with %s opens nothing', async (_name, parameter, value, code) => {
    expect(await outcome(tampered(await toCallback(), parameter, value))).toEqual(refused(code))
  })

  it('with the code of another handshake, as an attacker would plant it, opens nothing', async () => {
    const attacker = openSurfer()
    const planted = (await toCallback(attacker)).searchParams.get('code')
    expect(await outcome(tampered(await toCallback(), 'code', planted))).toEqual(refused('provider_refused'))
  })

  it('in another browser opens nothing, with its own cookie or none', async () => {
    const url = await toCallback()
    expect(await outcome(url, openSurfer())).toEqual(refused('handshake_expired'))
    const other = openSurfer()
    await toCallback(other)
    expect(await outcome(await toCallback(), other)).toEqual(refused('handshake_expired'))
  })

  it('at another provider’s callback opens nothing', async () => {
    const url = await toCallback()
    const mixed = new URL(callback('shy'))
    mixed.search = url.search
    expect(await outcome(mixed)).toEqual(refused('handshake_expired'))
  })

  it('a second time opens nothing: neither the state nor the code', async () => {
    const url = await toCallback()
    const cookies = new Map(surfer.jar.get(server.url))
    await land(url)
    const thief = openSurfer()
    thief.jar.set(server.url, cookies)
    expect(await outcome(url, thief)).toEqual(refused('handshake_expired'))
    const fresh = openSurfer()
    const later = await toCallback(fresh)
    expect(await outcome(tampered(later, 'code', url.searchParams.get('code')), fresh)).toEqual(
      refused('provider_refused'),
    )
  })

  it('the issuer sends nobody to a redirect_uri that is not exactly the registered one', async () => {
    const there = new URL((await surfer.get(begin())).headers.get('location') ?? '')
    for (const uri of [`${callback()}/`, `${callback()}?x=1`, 'http://127.0.0.1/auth/oauth/acme/callback']) {
      there.searchParams.set('redirect_uri', uri)
      const response = await surfer.get(there.href)
      expect([response.status, response.headers.get('location')]).toEqual([400, null])
    }
  })

  it('S34: a poisoned host changes no redirect_uri', async () => {
    const poison = { 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test', 'x-forwarded-proto': 'https' }
    const there = new URL((await surfer.get(begin(), poison)).headers.get('location') ?? '')
    expect(there.searchParams.get('redirect_uri')).toBe(callback())
  })
})

describe('an issuer that is away', () => {
  it('is told to the app, and asked again the next time', async () => {
    const gone = await openIssuer()
    const other = await aServer({ env: { ...gone.env('GONE'), APP_URL: app } })
    await gone.close()
    const start = `${other.url}/auth/oauth/gone`
    expect((await surfer.until(start, app)).searchParams.get('oauth_error')).toBe('provider_unreachable')
    await other.stop()
  })
})
