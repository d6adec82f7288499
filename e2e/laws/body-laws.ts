// Laws of body mode: the refresh token travels in JSON, and no cookie is ever set or read.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshEmail, password } from './device.js'
import { checkReply } from './reply.js'
import { graceMs, type Received, type Transport } from './transport.js'

type BodyGrant = {
  readonly refresh_token: string
  readonly access_token: string
  readonly gen: number
  readonly sid: string
}

/** Holds the contract's other half over a transport that was opened in body mode. */
export function bodyModeLaws(name: string, openTransport: () => Promise<Transport>): void {
  describe(`body mode over ${name}`, () => {
    let transport: Transport
    beforeAll(async () => {
      transport = await openTransport()
    })
    afterAll(() => transport.close())

    const post = async (
      path: string,
      body: unknown,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<Received> => {
      const sent = { method: 'POST', path, body, headers }
      const reply = await transport.send(sent)
      checkReply(transport.routes, sent, reply)
      expect(reply.setCookie).toEqual([])
      return reply
    }
    const refresh = (refresh_token: string): Promise<Received> => post('/auth/refresh', { refresh_token })
    const signUp = async (): Promise<BodyGrant> =>
      (await post('/auth/register', { email: freshEmail(), password })).body as BodyGrant

    test('a grant has the refresh token in it, and a refresh rotates it, with no CSRF header', async () => {
      const grant = await signUp()
      const { status, body } = await refresh(grant.refresh_token)
      expect(status).toBe(200)
      expect(body).toMatchObject({ sid: grant.sid, gen: 1, refresh_token: expect.any(String) })
      expect((body as BodyGrant).refresh_token).not.toBe(grant.refresh_token)
    })

    test('S13: a lost reply is repeated with the same successor', async () => {
      const { refresh_token } = await signUp()
      const lost = (await refresh(refresh_token)).body as BodyGrant
      await transport.advance(8 * 3_600_000)
      expect((await refresh(refresh_token)).body).toMatchObject({ gen: 1, refresh_token: lost.refresh_token })
    })

    test('B2: a spent token that is shown again ends the session, head and all', async () => {
      const { refresh_token } = await signUp()
      const next = (await refresh(refresh_token)).body as BodyGrant
      const ack = {
        method: 'POST',
        path: '/auth/refresh/ack',
        headers: { authorization: `Bearer ${next.access_token}` },
      }
      expect((await transport.send(ack)).status).toBe(204)
      await transport.advance(graceMs + 1_000)
      for (const token of [refresh_token, next.refresh_token]) {
        expect(await refresh(token)).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      }
    })

    test('a logout ends the session of the token', async () => {
      const { refresh_token } = await signUp()
      expect((await post('/auth/logout', { refresh_token })).status).toBe(204)
      expect(await refresh(refresh_token)).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
    })

    test('an unknown token, an access token, and none are refused', async () => {
      const { access_token } = await signUp()
      expect(await refresh('A'.repeat(43))).toMatchObject({ status: 401, body: { code: 'invalid_grant' } })
      expect(await refresh(access_token)).toMatchObject({ status: 401, body: { code: 'invalid_grant' } })
      expect(await post('/auth/refresh', {})).toMatchObject({ status: 401, body: { code: 'no_session' } })
    })

    test('a cookie is not read', async () => {
      const { refresh_token } = await signUp()
      for (const name of ['__Host-latchkey', 'latchkey_refresh']) {
        const reply = await post('/auth/refresh', {}, { cookie: `${name}=${refresh_token}`, 'x-latchkey': '1' })
        expect(reply).toMatchObject({ status: 401, body: { code: 'no_session' } })
      }
    })
  })
}
