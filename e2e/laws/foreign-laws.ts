// Laws of whose things are whose: over every route of the table, nobody reaches what is another's, nor gives themselves a role.
import type { RouteContract } from '@latchkey/engine'
import { describe, expect, test } from 'vitest'
import { type Device, openDevice, password, signUp } from './device.js'
import type { Received, Transport } from './transport.js'

type Member = Awaited<ReturnType<typeof signUp>>

/** Bodies that get past the schemas; a route that is not here is sent none of its own fields. */
const bodies: Readonly<Record<string, (by: Member) => Record<string, unknown>>> = {
  register: () => ({ email: `law-${crypto.randomUUID()}@example.com`, password }),
  login: ({ email }) => ({ email, password }),
  updateMe: () => ({ display_name: 'Mallory' }),
  changePassword: () => ({ current_password: password, new_password: `${password} and more` }),
  updateUser: () => ({ role: 'admin', is_active: false }),
  forgotPassword: ({ email }) => ({ email }),
  changeEmail: () => ({ email: `law-${crypto.randomUUID()}@example.com` }),
}

/** Everything by which the wire calls an account or its parts. */
const namesOf = ({ grant, email }: Member): readonly string[] => [grant.sid, grant.user.id, email]

/** What an owner sees of their own; times of use left out, for looking is use. */
async function stateOf(device: Device): Promise<unknown> {
  const read = async (path: string) => (await device.send({ method: 'GET', path })).body
  const { sessions } = (await read('/auth/sessions')) as { readonly sessions: readonly { readonly id: string }[] }
  return { me: await read('/auth/me'), sessions: sessions.map(({ id }) => id) }
}

export function foreignLaws(transport: () => Transport): void {
  const call = (by: Device, { method, path }: RouteContract, id: string, body: unknown): Promise<Received> =>
    by.send({ method, path: path.replace(/:\w+/g, encodeURIComponent(id)), ...(method === 'GET' ? {} : { body }) })

  /** By routes that act on the caller’s own session a caller is used up: each gets one of its own. */
  const guarded = () => transport().routes.filter(({ needs }) => needs.bearer === true)

  describe('what is somebody else’s', () => {
    test('B34, S33: three accounts, every guarded route, every id of the others: nothing is found, shown or changed', async () => {
      const owners = [await signUp(transport()), await signUp(transport())]
      const before = await Promise.all(owners.map(stateOf))
      for (const route of guarded()) {
        const ids = route.path.includes(':') ? owners.flatMap(namesOf) : ['']
        for (const id of ids) {
          const mallory = await signUp(transport())
          const own = bodies[route.name]?.(mallory) ?? {}
          const [victim] = owners
          const foreign = { id: victim?.grant.user.id, user_id: victim?.grant.user.id, sid: victim?.grant.sid }
          for (const body of [own, { ...own, ...foreign }]) {
            const reply = await call(mallory, route, id, body)
            if (id !== '')
              expect([route.name, [401, 403, 404, 422]]).toEqual([route.name, expect.arrayContaining([reply.status])])
            const said = JSON.stringify(reply.body ?? '')
            for (const name of owners.flatMap(namesOf))
              expect([route.name, said]).not.toEqual([route.name, expect.stringContaining(name)])
          }
        }
      }
      expect(await Promise.all(owners.map(stateOf))).toEqual(before)
    })

    test('B34, S33: what is another’s is told as what never was', async () => {
      const owner = await signUp(transport())
      for (const route of guarded().filter(({ path, needs }) => path.includes(':') && needs.role === undefined)) {
        const mallory = await signUp(transport())
        const body = bodies[route.name]?.(mallory) ?? {}
        const foreign = await call(mallory, route, owner.grant.sid, body)
        const never = await call(mallory, route, crypto.randomUUID(), body)
        expect([route.name, foreign.status, foreign.body]).toEqual([route.name, never.status, never.body])
      }
    })
  })

  describe('a role', () => {
    const wish = {
      role: 'admin',
      roles: ['admin'],
      permissions: ['*'],
      is_admin: true,
      is_active: true,
      email_verified: true,
      id: 'admin',
    }

    test('B33, S32: is given by no body of any route, nor is a proven address', async () => {
      for (const route of transport().routes.filter(({ method }) => method !== 'GET')) {
        const device = await signUp(transport())
        const body = { ...bodies[route.name]?.(device), ...wish }
        await call(device, route, device.grant.user.id, body)
        const again = openDevice(transport())
        const known = route.name === 'changePassword' ? [password, `${password} and more`] : [password]
        for (const each of known) {
          const reply = await again.send({
            method: 'POST',
            path: '/auth/login',
            body: { email: device.email, password: each },
          })
          if (reply.status !== 200) continue
          const { user } = reply.body as { readonly user: unknown }
          expect([route.name, user]).toMatchObject([
            route.name,
            { role: 'user', email_verified: false, permissions: [] },
          ])
        }
      }
    })

    test('B33, S32: asked for at registration is refused, and makes nobody', async () => {
      const email = `law-${crypto.randomUUID()}@example.com`
      const device = openDevice(transport())
      const body = { email, password, ...wish }
      const reply = await device.send({ method: 'POST', path: '/auth/register', body })
      expect(reply).toMatchObject({
        status: 422,
        body: { code: 'invalid_input', errors: { role: expect.any(String) } },
      })
      expect((await device.register({ email, password })).user.role).toBe('user')
    })
  })
}
