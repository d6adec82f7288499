// Access tokens signed on the calling thread: the same as by WebCrypto, which verifies them.
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { createEngine, createMemoryStore, generateSigningKey } from '@latchkey/engine'
import { describe, expect, it } from 'vitest'
import { signNow } from '../src/signing.js'
import { plainPasswords } from './settings.js'
import { aMail, password } from './visitor.js'

const keys: Record<string, () => Promise<JsonWebKey>> = {
  ES256: () => generateSigningKey(),
  EdDSA: async () => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  RS256: async () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
}

const partOf = (token: string, at: number) =>
  JSON.parse(Buffer.from(token.split('.')[at] ?? '', 'base64url').toString()) as Record<string, unknown>

describe.each(Object.entries(keys))('a token signed with %s', (alg, makeKey) => {
  it('on this thread has the header and the claims of one that WebCrypto signs, and is verified by it (B13, B14)', async () => {
    const parts = { store: createMemoryStore(), passwords: plainPasswords, keys: [await makeKey()] }
    const [here, there] = [createEngine({ ...parts, signer: signNow }), createEngine(parts)]
    const register = async ({ answer }: typeof here) => {
      const headers = { 'x-latchkey': '1', 'content-type': 'application/json' }
      const call = { method: 'POST', path: '/auth/register', query: {}, ip: null, headers }
      const { status, body } = await answer({ ...call, body: { email: aMail(), password } })
      expect(status).toBe(201)
      return (body as { readonly access_token: string }).access_token
    }
    const [ours, theirs] = [await register(here), await register(there)]
    expect(partOf(ours, 0)).toEqual({ ...partOf(theirs, 0), alg })
    expect(Object.keys(partOf(ours, 1)).toSorted()).toEqual(Object.keys(partOf(theirs, 1)).toSorted())
    for (const engine of [here, there])
      expect(await engine.authorize({ authorization: `Bearer ${ours}` })).toHaveProperty('principal')
    const forged = `${ours.slice(0, -6)}AAAAAA`
    expect(await here.authorize({ authorization: `Bearer ${forged}` })).toHaveProperty('reply.status', 401)
  })
})

it('short integers of a signature are put to the right: none of a thousand signatures is refused (B13)', async () => {
  const key = await generateSigningKey()
  const sign = signNow(key, { alg: 'ES256', kid: key.kid, typ: 'at+jwt' })
  const open = createPublicKey({ key: { ...key }, format: 'jwk' })
  const refused: string[] = []
  for (let jti = 0; jti < 1_000; jti += 1) {
    const token = await sign({ jti: String(jti) })
    const [head = '', body = '', signature = ''] = token.split('.')
    const raw = Buffer.from(signature, 'base64url')
    const isGood = verify('sha256', Buffer.from(`${head}.${body}`), { key: open, dsaEncoding: 'ieee-p1363' }, raw)
    if (raw.length !== 64 || !isGood) refused.push(token)
  }
  expect(refused).toEqual([])
})
