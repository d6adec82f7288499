import { base64url, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEngine, createMemoryStore, generateSigningKey } from '@latchkey/engine'
import { createAccessTokens } from '../src/access-token.js'
import { createKeySet } from '../src/keys.js'
import { bearer, clearPasswords, codeOf, grantOf, openSetting, register, second, start } from './setting.js'

const claims: JWTPayload = {
  iss: 'latchkey',
  aud: 'latchkey',
  sub: 'somebody',
  sid: 'a-session',
  gen: 0,
  role: 'user',
  iat: start / 1000,
  exp: start / 1000 + 600,
  jti: 'once',
}

/** An access token room with one known key, and a signer that follows no rule. */
async function openForge() {
  const jwk = await generateSigningKey()
  const keys = await createKeySet([jwk])
  const rules = { issuer: 'latchkey', audience: 'latchkey', ttl: 600, clock: { now: () => start } }
  const { verify } = createAccessTokens(Promise.resolve(keys), rules)
  const { kid, key } = keys.signer
  const sign = (payload: JWTPayload, header: Record<string, unknown> = {}): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt', ...header }).sign(key)
  return { verify, sign, keys, kid }
}

const without = (name: string): JWTPayload => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))

describe('B14: an access token', () => {
  test('with every claim in order is good', async () => {
    const { verify, sign } = await openForge()
    expect(await verify(await sign(claims))).toMatchObject({ sub: 'somebody', sid: 'a-session', gen: 0, role: 'user' })
  })

  test.each(Object.keys(claims))('without %s is none', async (name) => {
    const { verify, sign } = await openForge()
    expect(await verify(await sign(without(name)))).toBeNull()
  })

  const alterations: Record<string, JWTPayload> = {
    'another issuer': { iss: 'https://evil.test' },
    'another audience': { aud: 'another-api' },
    'an expiry in the past': { exp: start / 1000 },
    'an expiry that is text': { exp: '4000000000' as unknown as number },
    'a start in the future': { nbf: start / 1000 + 120 },
    'an issue in the future': { iat: start / 1000 + 61 },
    'a subject that is a number': { sub: 7 as unknown as string },
    'a session that is an object': { sid: {} },
    'a generation below zero': { gen: -1 },
    'a generation that is text': { gen: '0' },
    'half a generation': { gen: 0.5 },
    'a role that is a list': { role: ['admin'] },
    'no token id but a number': { jti: 1 as unknown as string },
  }
  test.each(Object.entries(alterations))('with %s is none', async (_name, altered) => {
    const { verify, sign } = await openForge()
    expect(await verify(await sign({ ...claims, ...altered }))).toBeNull()
  })

  test('of a server whose clock is a minute ahead is good', async () => {
    const { verify, sign } = await openForge()
    expect(await verify(await sign({ ...claims, iat: start / 1000 + 60 }))).not.toBeNull()
  })
})

describe('B13, S26, S27: a forged token is none:', () => {
  const headers: Record<string, Record<string, unknown>> = {
    'of no type': { typ: undefined },
    'of another type': { typ: 'JWT' },
    'of an ID token’s type': { typ: 'id_token+jwt' },
    'without a kid': { kid: undefined },
    'with an unknown kid': { kid: 'unknown' },
    'with a kid that is a path': { kid: '../../etc/passwd' },
    'with a kid that is a prototype': { kid: '__proto__' },
    'with a key of its own': { jwk: { kty: 'EC' } },
    'with the address of a key': { jku: 'https://evil.test/jwks.json' },
    'with the address of a certificate': { x5u: 'https://evil.test/cert' },
    'with a certificate': { x5c: ['MII'] },
  }
  test.each(Object.entries(headers))('%s', async (_name, header) => {
    const { verify, sign } = await openForge()
    expect(await verify(await sign(claims, header))).toBeNull()
  })

  test('with a critical extension', async () => {
    const { verify, sign } = await openForge()
    const [, payload, signature] = (await sign(claims)).split('.')
    const header = base64url.encode(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', crit: ['exp'], exp: 1 }))
    expect(await verify(`${header}.${payload}.${signature}`)).toBeNull()
  })

  test('unsigned', async () => {
    const { verify, kid } = await openForge()
    const part = (value: unknown) => base64url.encode(JSON.stringify(value))
    for (const alg of ['none', 'None', 'NONE']) {
      expect(await verify(`${part({ alg, kid, typ: 'at+jwt' })}.${part(claims)}.`)).toBeNull()
    }
  })

  test('signed by HS256 with the public key as the secret', async () => {
    const { verify, keys, kid } = await openForge()
    const secret = new TextEncoder().encode(JSON.stringify(keys.jwks.keys[0]))
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid, typ: 'at+jwt' }).sign(secret)
    expect(await verify(token)).toBeNull()
  })

  test.each(['ES256', 'ES384', 'EdDSA', 'RS256'])('signed by a stranger’s %s key under our kid', async (alg) => {
    const { verify, kid } = await openForge()
    const { privateKey } = await generateKeyPair(alg)
    const token = await new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'at+jwt' }).sign(privateKey)
    expect(await verify(token)).toBeNull()
  })

  test('B18: any text at all, and nobody is surprised', async () => {
    const { verify, sign } = await openForge()
    const good = await sign(claims)
    const damaged = fc.tuple(fc.nat(good.length - 1), fc.string({ maxLength: 3 })).map(([at, text]) => {
      const other = good.slice(0, at) + text + good.slice(at + 1)
      return other === good ? 'x' : other
    })
    const header = fc.json().map((json) => `${base64url.encode(json)}.${base64url.encode(json)}.AA`)
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), header), async (text) => {
        expect(await verify(text)).toBeNull()
      }),
      { numRuns: 300 },
    )
    // The last letter of base64url has bits to spare, so a damaged token may decode to the same signature.
    await fc.assert(
      fc.asyncProperty(damaged, async (text) => {
        const verified = await verify(text)
        expect(verified ?? claims).toMatchObject({ sub: 'somebody', gen: 0, role: 'user' })
      }),
      { numRuns: 300 },
    )
    expect(await verify('a'.repeat(1_000_000))).toBeNull()
  })
})

describe('B16: the key set', () => {
  test.each([
    ['ES256', 'ES256', {}],
    ['EdDSA', 'EdDSA', {}],
    ['RS256', 'RS256', {}],
  ])('signs with %s where the first key is of that kind, and publishes no private part', async (made, alg) => {
    const { privateKey } = await generateKeyPair(made, { extractable: true })
    const jwk = await exportJWK(privateKey)
    const setting = openSetting({ keys: [jwk] })
    const registered = await register(setting)
    expect((await setting.send('GET', '/auth/me', { headers: bearer(grantOf(registered).access_token) })).status).toBe(
      200,
    )
    const { keys } = (await setting.send('GET', '/.well-known/jwks.json')).body as { keys: Record<string, string>[] }
    expect(keys).toHaveLength(1)
    expect(keys[0]).toMatchObject({ alg, use: 'sig', kid: expect.any(String) })
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']) expect(keys[0]).not.toHaveProperty(secret)
  })

  test('takes a token of the old key, published without its private part, after a new one signs', async () => {
    const [old, fresh] = [await generateSigningKey(), await generateSigningKey()]
    const { d: _secret, ...published } = old
    const before = openSetting({ keys: [old] })
    const after = openSetting({ keys: [fresh, published], store: before.store, clock: before.clock })
    const { access_token } = grantOf(await register(before))
    expect((await after.send('GET', '/auth/me', { headers: bearer(access_token) })).status).toBe(200)
    const without = openSetting({ keys: [fresh], store: before.store, clock: before.clock })
    expect((await without.send('GET', '/auth/me', { headers: bearer(access_token) })).status).toBe(401)
  })

  test('B13: gives a key for its own algorithm only', async () => {
    const { keys, kid } = await openForge()
    expect(keys.find(kid, 'ES256')).not.toBeNull()
    for (const alg of ['RS256', 'EdDSA', 'HS256', 'none']) expect(keys.find(kid, alg)).toBeNull()
  })

  test('that cannot sign is told by ready', async () => {
    const { d: _secret, ...published } = await generateSigningKey()
    const { privateKey } = await generateKeyPair('ES384', { extractable: true })
    for (const keys of [[published], [], [(await exportJWK(privateKey)) as JsonWebKey], [{ kty: 'oct', k: 'AAAA' }]]) {
      const engine = createEngine({ store: createMemoryStore(), passwords: clearPasswords, keys })
      await expect(engine.ready()).rejects.toThrow(TypeError)
    }
  })
})

describe('B17: authorize', () => {
  test('tells a request without credentials from one with bad ones', async () => {
    const { engine } = openSetting()
    const challenge = async (headers: Record<string, string>) => {
      const judged = await engine.authorize(headers)
      return 'reply' in judged ? [judged.reply.status, judged.reply.headers['www-authenticate']] : null
    }
    for (const headers of [{}, { authorization: '' }, { authorization: 'Basic YTpi' }, { authorization: 'DPoP x' }]) {
      expect(await challenge(headers as Record<string, string>)).toEqual([401, 'Bearer'])
    }
    for (const authorization of ['Bearer', 'bearer x', 'Bearer a b', 'Bearer a.b.c']) {
      expect(await challenge({ authorization })).toEqual([401, 'Bearer error="invalid_token"'])
    }
  })

  test('B33: lets a role and a permission through by the option, and denies what is not listed', async () => {
    const setting = openSetting({ permissions: { editor: ['posts:write'], user: [] } })
    const registered = await register(setting)
    const { id } = grantOf(registered).user
    const authorized = async (role: string, needs: { role?: string; permission?: string }) => {
      await setting.store.updateAccount(id, { role })
      const signedIn = await setting.send('POST', '/auth/login', {
        body: { email: 'ada@example.com', password: 'correct horse battery staple' },
      })
      const judged = await setting.engine.authorize(bearer(grantOf(signedIn).access_token), needs)
      return 'principal' in judged ? judged.principal.permissions : codeOf(judged.reply)
    }
    expect(await authorized('editor', { role: 'editor', permission: 'posts:write' })).toEqual(['posts:write'])
    expect(await authorized('editor', { permission: 'posts:delete' })).toBe('insufficient_scope')
    expect(await authorized('editor', { role: 'admin' })).toBe('insufficient_scope')
    for (const role of ['user', 'nobody', '__proto__', 'constructor']) {
      expect(await authorized(role, { permission: 'posts:write' })).toBe('insufficient_scope')
      expect(await authorized(role, {})).toEqual([])
    }
  })

  test('refuses a token from the second in which it expires', async () => {
    const setting = openSetting({ accessTtl: 60 })
    const headers = bearer(grantOf(await register(setting)).access_token)
    setting.clock.advance(60 * second - 1)
    expect(await setting.engine.authorize(headers)).toHaveProperty('principal')
    setting.clock.advance(1)
    expect(await setting.engine.authorize(headers)).toHaveProperty('reply')
  })
})
