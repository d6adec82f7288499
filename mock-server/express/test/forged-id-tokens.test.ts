// ID tokens that an issuer never signed, or not for this sign-in, brought to the running server: none of them opens anything.
import { randomUUID } from 'node:crypto'
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunningServer } from '../src/index.js'
import { clientId, clientSecret, type ForgingIssuer, openForgingIssuer, type Workshop } from './forging-issuer.js'
import { aServer } from './settings.js'
import { openSurfer } from './surfer.js'

const app = 'http://localhost:5173'
let issuer: ForgingIssuer
let server: RunningServer
let email: string

beforeAll(async () => {
  issuer = await openForgingIssuer()
  server = await aServer({ env: { ...issuer.env, APP_URL: app } })
})
afterAll(async () => {
  await server.stop()
  await issuer.close()
})
beforeEach(() => {
  email = `${randomUUID()}@example.com`
})

const now = () => Math.floor(Date.now() / 1000)
const honest = ({ issuer: iss, nonce }: Workshop): JWTPayload => {
  const times = { iat: now(), exp: now() + 300 }
  return { iss, aud: clientId, sub: email, nonce, email, email_verified: true, ...times }
}
type Signing = { readonly key?: CryptoKey | Uint8Array; readonly alg?: string; readonly kid?: string }
const sign = (claims: JWTPayload, workshop: Workshop, { key = workshop.key, alg = 'RS256', ...more }: Signing = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg, kid: workshop.kid, ...more }).sign(key)
const saying = (patch: JWTPayload) => (workshop: Workshop) => sign({ ...honest(workshop), ...patch }, workshop)
const without = (name: string) => (workshop: Workshop) => {
  const { [name]: _left, ...claims } = honest(workshop)
  return sign(claims, workshop)
}
const bytes = (text: string) => new TextEncoder().encode(text)

/** Through the whole sign-in with that ID token: what the app is told, whether a session began, and whose account there is. */
async function outcome(forge: (workshop: Workshop) => Promise<string>) {
  const surfer = openSurfer()
  const there = new URL((await surfer.get(`${server.url}/auth/oauth/forged`)).headers.get('location') ?? '')
  const before = issuer.exchanges()
  const response = await surfer.get((await issuer.approve(there, forge)).href)
  // It was the token that was judged, and nothing before it.
  expect(issuer.exchanges()).toBe(before + 1)
  const page = new URL(response.headers.get('location') ?? '')
  const account = await server.store.accountByEmail(email)
  const session = [...(surfer.jar.get(server.url)?.keys() ?? [])].filter((name) => !name.includes('handshake'))
  return { told: page.searchParams.get('oauth_error') ?? page.hash, session, account: account?.email ?? null }
}

it('an honest ID token of this issuer signs in: what follows differs from it by one thing each', async () => {
  const { told, session, account } = await outcome((workshop) => sign(honest(workshop), workshop))
  expect([told, session.length, account]).toEqual(['#oauth=signed-in', 2, email])
})

describe('S41, B32: a forged ID token signs nobody in, and makes no account', () => {
  it.each<[string, (workshop: Workshop) => Promise<string>]>([
    ['another nonce', saying({ nonce: 'x'.repeat(43) })],
    ['no nonce', without('nonce')],
    ['another aud', saying({ aud: 'another-client' })],
    ['no aud', without('aud')],
    ['several aud, and another azp', saying({ aud: [clientId, 'another-client'], azp: 'another-client' })],
    ['another iss', saying({ iss: 'https://evil.test' })],
    ['an exp that is over', saying({ iat: now() - 7_200, exp: now() - 3_600 })],
    ['no exp', without('exp')],
    ['an nbf that is to come', saying({ nbf: now() + 3_600 })],
    ['no sub', without('sub')],
    ['alg none', async (workshop) => new UnsecuredJWT(honest(workshop)).encode()],
    [
      'alg none and the signature of another',
      async (workshop) => `${new UnsecuredJWT(honest(workshop)).encode()}${(await saying({})(workshop)).split('.')[2]}`,
    ],
    [
      'HS256 with the public key as the secret',
      (workshop) => sign(honest(workshop), workshop, { alg: 'HS256', key: bytes(JSON.stringify(workshop.publicJwk)) }),
    ],
    [
      'HS256 with the client’s secret',
      (workshop) => sign(honest(workshop), workshop, { alg: 'HS256', key: bytes(clientSecret) }),
    ],
    ['the signature of another key', (workshop) => sign(honest(workshop), workshop, { key: workshop.strangers })],
    [
      'a kid that the issuer does not have',
      (workshop) => sign(honest(workshop), workshop, { key: workshop.strangers, kid: '../../another' }),
    ],
    ['a signature that was cut off', async (workshop) => (await saying({})(workshop)).replace(/[^.]*$/, '')],
    [
      'other claims under an honest signature',
      async (workshop) => {
        const [header, , signature] = (await saying({})(workshop)).split('.')
        const claims = { ...honest(workshop), sub: 'somebody-else' }
        return `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
      },
    ],
    ['no JWT at all', async () => 'not.a.jwt'],
  ])('with %s', async (_name, forge) => {
    expect(await outcome(forge)).toEqual({ told: 'provider_refused', session: [], account: null })
  })
})
