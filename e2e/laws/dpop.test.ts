// The laws of a token that is worth nothing without its key, against a real authorization server that asks for nonces.
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAuthClient, type AuthClient } from '@latchkey/core'
import { dpopFetch, memoryKey } from '@latchkey/core/dpop'
import { oauth2 } from '@latchkey/core/profiles'
import { clientId, openOidcServer, redirectUri, type OidcServer } from './oidc.js'

let server: OidcServer
let auth: AuthClient<object>

beforeAll(async () => {
  server = await openOidcServer()
})
afterAll(() => server.close())

/** The profile of the house, whose login is the redemption of a code. */
const profile = {
  ...oauth2({ clientId, tokenPath: 'token', userInfoPath: 'me', revocationPath: 'token/revocation' }),
  login: (credentials: object) => ({
    method: 'POST' as const,
    path: 'token',
    form: { grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri, ...credentials },
  }),
}
const open = (fetch: typeof globalThis.fetch, origins?: readonly string[]): AuthClient<object> =>
  createAuthClient<object>({ baseURL: server.issuer, profile, fetch, tabs: false, ...(origins && { origins }) })

beforeEach(async () => {
  auth = open(dpopFetch({ baseURL: server.issuer }))
  await auth.login(await server.authorize('ada'))
  server.heard.length = 0
})
afterEach(() => auth.dispose())

const claimsOf = (proof: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
const headerOf = (proof: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(proof.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>
const me = (): Promise<Response> => auth.fetch(`${server.issuer}/me?fields=all#part`)

describe('PEERS “DPoP”', () => {
  it('a login by a code is bound to the key, and who it is comes with the scheme DPoP', async () => {
    expect(auth.$session.get()).toMatchObject({ status: 'authenticated', user: { sub: 'ada' } })
    const response = await me()
    expect([response.status, await response.json()]).toEqual([200, { sub: 'ada' }])
    const [asked] = server.heard.slice(-1)
    expect(asked?.authorization).toBe(`DPoP ${await auth.getAccessToken()}`)
  })

  it('a proof names method, address without query, time, token and nonce, each once, and a key without its private half', async () => {
    await me()
    await me()
    const proofs = server.heard.map(({ dpop }) => dpop)
    const claims = proofs.map(claimsOf)
    for (const claim of claims)
      expect(claim).toMatchObject({
        htm: 'GET',
        htu: `${server.issuer}/me`,
        iat: expect.any(Number),
        ath: expect.stringMatching(/^[\w-]{43}$/),
      })
    expect(claims.at(-1)?.['nonce']).toEqual(expect.any(String))
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(proofs.length)
    const { jwk, ...header } = headerOf(proofs[0] ?? '')
    expect(header).toEqual({ alg: 'ES256', typ: 'dpop+jwt' })
    expect(Object.keys(jwk as object).toSorted()).toEqual(['crv', 'kty', 'x', 'y'])
  })

  it('a refresh rotates the bound refresh token, again and again', async () => {
    const before = await auth.getAccessToken()
    for (let turn = 0; turn < 3; turn++) await auth.refresh()
    expect(await auth.getAccessToken()).not.toBe(before)
    expect((await me()).status).toBe(200)
    expect(auth.timeline().map(({ type }) => type)).not.toContain('refresh-failed')
  })

  it('a refused token is refreshed and the request replayed once', async () => {
    await me()
    server.expire()
    server.heard.length = 0
    expect((await me()).status).toBe(200)
    expect(server.heard.map(({ path, status }) => [path.split('?')[0], status])).toEqual([
      ['/me', 401],
      ['/token', 200],
      ['/me', 200],
    ])
  })

  it('a server that asks for its nonce is asked once more with it, body and all, and its next nonce is used at once', async () => {
    auth.dispose()
    auth = open(dpopFetch({ baseURL: server.issuer }))
    await auth.login(await server.authorize('grace'))
    const logins = server.heard.filter(({ path }) => path === '/token')
    expect(logins.map(({ status }) => status)).toEqual([400, 200])
    expect(logins.map(({ dpop }) => typeof claimsOf(dpop)['nonce'])).toEqual(['undefined', 'string'])
    server.heard.length = 0
    await auth.refresh()
    expect(server.heard.map(({ status }) => status)).toEqual([200])
  })

  it('what a server refuses for another reason is sent once: a spent token is not shown twice', async () => {
    await auth.logout()
    server.heard.length = 0
    await expect(auth.login({ code: 'spent', code_verifier: 'x'.repeat(43) })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    expect(server.heard.map(({ status }) => status)).toEqual([400])
  })

  it('a stolen token opens nothing: not as a bearer, not with another key', async () => {
    const token = (await auth.getAccessToken()) ?? ''
    const Authorization = `Bearer ${token}`
    expect((await fetch(`${server.issuer}/me`, { headers: { Authorization } })).status).toBe(401)
    const thief = dpopFetch({ baseURL: server.issuer, key: memoryKey() })
    expect((await thief(`${server.issuer}/me`, { headers: { Authorization } })).status).toBe(401)
  })

  it('C3 F38 a stranger sees neither token nor proof, and another scheme’s credentials stay as they are', async () => {
    const overheard: unknown[] = []
    const stranger = createServer((request, response) => {
      overheard.push([request.headers.authorization, request.headers['dpop']])
      response.end()
    })
    stranger.listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`
    await auth.fetch(url)
    await auth.fetch(url, { headers: { Authorization: 'Basic YTpi' } })
    stranger.close()
    stranger.closeAllConnections()
    expect(overheard).toEqual([
      [undefined, undefined],
      ['Basic YTpi', undefined],
    ])
  })

  it('the private half cannot be exported', async () => {
    const { privateKey } = await memoryKey()()
    await expect(crypto.subtle.exportKey('jwk', privateKey)).rejects.toMatchObject({ name: 'InvalidAccessError' })
  })
})
