// Signing in with GitHub, against a small GitHub on loopback: the same three calls, and what it answers when it refuses.
import { createHash, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunningServer } from '../src/index.js'
import { createGitHubProvider, githubIssuer } from '../src/github-provider.js'
import { aServer } from './settings.js'
import { openSurfer } from './surfer.js'

const app = 'http://localhost:5173'
const clientId = 'a client'
const clientSecret = 'its secret'

/** What GitHub says next; `token` is the answer of its token endpoint. */
const github = { id: 1, login: 'ada', emails: [] as unknown, token: null as unknown, status: 200 }

let place: Server
let base: string
let server: RunningServer
let challenge = ''

beforeAll(async () => {
  place = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://github')
    const say = (body: unknown, status = 200) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (url.pathname === '/authorize') {
      challenge = url.searchParams.get('code_challenge') ?? ''
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.search = new URLSearchParams({ code: 'a-code', state: url.searchParams.get('state') ?? '' }).toString()
      return void response.writeHead(302, { location: back.href }).end()
    }
    if (url.pathname === '/user') return say({ id: github.id, login: github.login, name: 'Ada' }, github.status)
    if (url.pathname === '/user/emails') return say(github.emails, github.status)
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const sent = new URLSearchParams(body)
      const verified =
        createHash('sha256')
          .update(sent.get('code_verifier') ?? '')
          .digest('base64url') === challenge
      const known = request.headers.authorization === `Basic ${btoa(`${clientId}:${clientSecret}`)}`
      // GitHub tells errors with 200.
      say(verified && known && sent.get('code') === 'a-code' ? github.token : { error: 'bad_verification_code' })
    })
  })
  place.listen(0, '127.0.0.1')
  await once(place, 'listening')
  base = `http://127.0.0.1:${(place.address() as AddressInfo).port}`
  const client = { name: 'github', issuer: githubIssuer, clientId, clientSecret }
  const places = { authorize: `${base}/authorize`, token: `${base}/token`, api: base }
  server = await aServer({ env: { APP_URL: app }, providers: [createGitHubProvider(client, places)] })
})
afterAll(async () => {
  await server.stop()
  place.close()
})
beforeEach(() => {
  const email = `${randomUUID()}@example.com`
  Object.assign(github, {
    id: Math.floor(Math.random() * 1e9),
    login: 'ada',
    status: 200,
    token: { access_token: 'gho_canary', token_type: 'bearer', scope: 'read:user,user:email' },
    emails: [
      { email: `second-${email}`, primary: false, verified: true },
      { email, primary: true, verified: true },
    ],
  })
})

const begin = () => `${server.url}/auth/oauth/github`
const told = async (surfer = openSurfer()) => (await surfer.until(begin(), app)).searchParams.get('oauth_error')

describe('signing in with GitHub', () => {
  it('goes with PKCE S256 and the registered redirect_uri, and signs in by the primary address', async () => {
    const there = new URL((await openSurfer().get(begin())).headers.get('location') ?? '')
    expect(Object.fromEntries(there.searchParams)).toMatchObject({
      client_id: clientId,
      code_challenge_method: 'S256',
      redirect_uri: `${begin()}/callback`,
      scope: 'read:user user:email',
    })
    const page = await openSurfer().until(begin(), app)
    expect(page.href).toBe(`${app}/#oauth=signed-in`)
    const [, primary] = github.emails as { email: string }[]
    expect(await server.store.accountByEmail(primary?.email ?? '')).toMatchObject({
      emailVerified: true,
      displayName: 'Ada',
    })
  })

  it('B31: somebody is their number, not their login name, which changes hands', async () => {
    await openSurfer().until(begin(), app)
    const first = await server.store.identityOf(githubIssuer, String(github.id))
    github.login = 'renamed'
    github.emails = [{ email: `${randomUUID()}@example.com`, primary: true, verified: true }]
    await openSurfer().until(begin(), app)
    expect(await server.store.identityOf(githubIssuer, String(github.id))).toEqual(first)
    github.id += 1
    await openSurfer().until(begin(), app)
    expect((await server.store.identityOf(githubIssuer, String(github.id)))?.accountId).not.toBe(first?.accountId)
  })

  it.each([
    ['unverified', [{ email: 'a@example.com', primary: true, verified: false }]],
    ['verified, but not primary', [{ email: 'a@example.com', primary: false, verified: true }]],
    ['not there', []],
  ])('B31: an address that is %s opens nothing', async (_name, emails) => {
    github.emails = emails
    expect(await told()).toBe('email_unverified')
  })

  it.each([
    ['an error with 200', { error: 'bad_verification_code' }],
    ['no token', {}],
    ['no object', null],
    ['a token that is none', { access_token: 7 }],
  ])('S41: a token endpoint that answers %s signs nobody in', async (_name, token) => {
    github.token = token
    expect(await told()).toBe('provider_refused')
  })

  it('S41: a code that somebody else’s handshake brought is refused by PKCE', async () => {
    const surfer = openSurfer()
    const back = await surfer.until(begin(), `${begin()}/callback`)
    // Another handshake has begun since: GitHub knows its challenge and not this one's.
    await openSurfer().until(begin(), `${begin()}/callback`)
    const page = new URL((await surfer.get(back.href)).headers.get('location') ?? '')
    expect(page.searchParams.get('oauth_error')).toBe('provider_refused')
  })

  it.each([
    [401, 'provider_refused'],
    [503, 'provider_unreachable'],
  ])('an API that answers %d is told as %s', async (status, code) => {
    github.status = status
    expect(await told()).toBe(code)
  })

  it('an API that answers something else is refused', async () => {
    github.emails = { message: 'no list' }
    expect(await told()).toBe('provider_refused')
  })
})
