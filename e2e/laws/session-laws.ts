// Laws of ending sessions: logout, logout everywhere, and the list of devices.
import { describe, expect, test } from 'vitest'
import { clears, keptCookie, openDevice, password, signUp, type Device } from './device.js'
import type { Received, Transport } from './transport.js'

type Listed = { readonly id: string; readonly current: boolean; readonly user_agent: string | null }

const list = async (device: Device): Promise<readonly Listed[]> => {
  const { body } = await device.send({ method: 'GET', path: '/auth/sessions' })
  return (body as { sessions: readonly Listed[] }).sessions
}

const end = (device: Device, sid: string): Promise<Received> =>
  device.send({ method: 'DELETE', path: `/auth/sessions/${sid}` })

export function sessionLaws(transport: () => Transport): void {
  const twice = async (): Promise<readonly [Awaited<ReturnType<typeof signUp>>, Device]> => {
    const one = await signUp(transport())
    const two = openDevice(transport())
    await two.login({ email: one.email, password })
    return [one, two]
  }

  describe('B6: a logout', () => {
    test('clears the cookie and ends this session, and no other', async () => {
      const [one, two] = await twice()
      const reply = await one.send({ method: 'POST', path: '/auth/logout' })
      expect(reply.setCookie.map(clears)).toEqual([true])
      expect(await one.tryRefresh()).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      expect((await two.refresh()).gen).toBe(1)
    })

    test('needs no access token: the cookie says which session', async () => {
      const device = await signUp(transport())
      const sent = { method: 'POST', path: '/auth/logout', headers: { authorization: '' } }
      expect((await device.send(sent)).status).toBe(204)
      expect((await device.tryRefresh()).status).toBe(401)
    })

    test('of nobody is done already', async () => {
      expect((await openDevice(transport()).send({ method: 'POST', path: '/auth/logout' })).status).toBe(204)
    })

    test('wins over refreshes that race it', async () => {
      const device = await signUp(transport())
      const racing = Array.from({ length: 10 }, () => device.tryRefresh())
      const logout = device.send({ method: 'POST', path: '/auth/logout' })
      const replies = await Promise.all([...racing, logout])
      const won = replies.map(keptCookie).filter((cookie) => cookie !== null)
      for (const cookie of won) expect((await device.tryRefresh(cookie)).status).toBe(401)
      expect((await device.tryRefresh()).status).toBe(401)
    })

    test('S45: everywhere ends every session of the account, and nobody else’s', async () => {
      const [one, two] = await twice()
      const other = await signUp(transport())
      const reply = await one.send({ method: 'POST', path: '/auth/logout-all' })
      expect(reply.setCookie.map(clears)).toEqual([true])
      for (const device of [one, two]) {
        expect(await device.tryRefresh()).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      }
      expect((await other.refresh()).gen).toBe(1)
    })
  })

  describe('B40: the list of devices', () => {
    test('has each living session of the account once, and knows which one asks', async () => {
      const [one, two] = await twice()
      await signUp(transport())
      const ids = (await list(one)).map(({ id }) => id)
      expect(ids).toHaveLength(2)
      expect(ids).toEqual(expect.arrayContaining([one.grant.sid, two.grant?.sid]))
      for (const device of [one, two]) {
        expect((await list(device)).filter(({ current }) => current).map(({ id }) => id)).toEqual([device.grant?.sid])
      }
    })

    test('no longer has a session that has ended', async () => {
      const [one, two] = await twice()
      await two.send({ method: 'POST', path: '/auth/logout' })
      expect((await list(one)).map(({ id }) => id)).toEqual([one.grant.sid])
    })

    test('says by which agent a session was opened', async () => {
      const device = await signUp(transport())
      const headers = { 'user-agent': 'Lawful/1.0', cookie: '', authorization: '' }
      await device.send({ method: 'POST', path: '/auth/login', body: { email: device.email, password }, headers })
      expect((await list(device)).map(({ user_agent }) => user_agent)).toContain('Lawful/1.0')
    })

    test('ends another session by its id', async () => {
      const [one, two] = await twice()
      expect((await end(one, two.grant?.sid ?? '')).status).toBe(204)
      expect(await two.tryRefresh()).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      expect((await one.refresh()).gen).toBe(1)
    })

    test('B40: ends every session but the one that asks, at once', async () => {
      const [one, two] = await twice()
      const other = await signUp(transport())
      expect(await one.send({ method: 'DELETE', path: '/auth/sessions' })).toMatchObject({ status: 204, setCookie: [] })
      expect(await two.send({ method: 'GET', path: '/auth/me' })).toMatchObject({ status: 401 })
      expect(await two.tryRefresh()).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      expect((await list(one)).map(({ id }) => id)).toEqual([one.grant.sid])
      expect([(await one.refresh()).gen, (await other.refresh()).gen]).toEqual([1, 1])
    })

    test('B40: calls a device as people do', async () => {
      const device = await signUp(transport())
      const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
      const headers = { 'user-agent': agent, cookie: '', authorization: '' }
      await device.send({ method: 'POST', path: '/auth/login', body: { email: device.email, password }, headers })
      expect((await list(device))[0]).toMatchObject({ device: 'Firefox on Linux', user_agent: agent })
    })

    test('B34: a session of somebody else is not found, as one that never was, and lives on', async () => {
      const [mine, theirs] = [await signUp(transport()), await signUp(transport())]
      const foreign = await end(mine, theirs.grant.sid)
      const [head = '', ...rest] = theirs.grant.sid
      const unknown = await end(mine, `${head === 'a' ? 'b' : 'a'}${rest.join('')}`)
      expect(foreign).toMatchObject({ status: 404, body: { code: 'not_found' } })
      expect(foreign.body).toEqual(unknown.body)
      expect((await theirs.refresh()).gen).toBe(1)
    })

    test.each(['x', '..%2f..', '%00', "'%20OR%201=1", 'a'.repeat(500)])('B34: %j is nobody’s session', async (sid) => {
      const reply = await end(await signUp(transport()), sid)
      expect([400, 404]).toContain(reply.status)
    })
  })
}
