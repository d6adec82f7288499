// What holds against every running backend, whatever its shape.
import { describe, expect, it } from 'vitest'
import { openJar } from './jar.js'
import { allWell, count, newcomer, open, signedIn, twenty, type Shape } from './shape.js'

/** Sign-in, wrong password, one refresh for twenty, two in a row, revoked elsewhere, logout, and reload. */
export function shapeLaws(shape: Shape): void {
  const { name, mine, registers, lifetime } = shape
  describe(`the shape of ${name}`, () => {
    signInLaws(shape)

    it(`${name}: twenty requests with a spent token cost one refresh, and no 401`, async () => {
      const world = await signedIn(shape)
      // Where the login tells no expiry, a refresh does.
      await world.auth.refresh()
      const before = count(world, shape.refresh)
      // A `Date` of whole seconds, and of a server that is busy, may lag behind.
      world.advance(lifetime + 60)
      expect(await twenty(world, mine)).toEqual(allWell)
      expect(count(world, shape.refresh) - before).toBe(1)
      expect(world.jar.calls.filter(({ status }) => status === 401)).toEqual([])
    })

    it(`${name}: a second refresh spends what the first one brought`, async () => {
      const { auth, email } = await signedIn(shape)
      await auth.refresh()
      await auth.refresh()
      expect(auth.$session.get()).toMatchObject({ status: 'authenticated', user: { ...(registers && { email }) } })
      expect(auth.$refresh.get().status).toBe('idle')
    })

    it(`${name}: a session revoked elsewhere ends at its next refresh`, async () => {
      const world = await signedIn(shape)
      await shape.revoke(world)
      await world.auth.refresh().catch(() => {})
      expect(world.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: shape.revokedAs })
    })

    endLaws(shape)
  })
}

function signInLaws(shape: Shape): void {
  const { name, mine, registers, asks } = shape
  it(`${name}: who has an account can log in, and is who the API says`, async () => {
    const world = open(shape)
    const { auth, at } = world
    const ada = newcomer()
    if (registers !== null) {
      expect((await auth.register({ ...ada, ...asks })).status).toBe(registers)
      await expect(open(shape).auth.register({ ...ada, ...asks })).rejects.toMatchObject({ code: 'email_taken' })
    }
    expect((await auth.login(ada)).status).toBe('authenticated')
    if (registers !== null) expect(auth.$session.get()).toMatchObject({ user: { email: ada.email } })
    expect((await auth.fetch(at(mine))).status).toBe(200)
    expect((await auth.fetch(at(mine), { auth: false })).status).toBe(401)
  })

  it(`${name}: a wrong password is invalid_credentials, and signs nobody in`, async () => {
    const { auth } = open(shape)
    const ada = newcomer()
    if (registers !== null) await open(shape).auth.register({ ...ada, ...asks })
    await expect(auth.login({ email: ada.email, password: 'wrong horse battery' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    expect(auth.$session.get().status).not.toBe('authenticated')
  })
}

function endLaws(shape: Shape): void {
  const { name, profile } = shape
  it(`${name}: after a logout nothing is left to refresh with`, async () => {
    const { auth, jar, storage } = await signedIn(shape)
    const thief = open(shape, jar.copy(), { ...storage, get: held(storage.get()) })
    const before = jar.calls.length
    await auth.logout()
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
    expect(storage.get()).toBeNull()
    expect(jar.calls.slice(before).map(({ call }) => call)).toEqual(shape.logout)
    const found = await thief.auth.restore()
    // Where the backend has no such route, what was stolen before stays good: the docs say so.
    expect(found.status).toBe(shape.logout.length > 0 ? 'unauthenticated' : 'authenticated')
  })

  it(`${name}: a reload finds the session again, and a stranger finds none`, async () => {
    const { jar, storage, email } = await signedIn(shape)
    const found = await open(shape, jar, storage).auth.restore()
    expect(found).toMatchObject({ status: 'authenticated', user: { ...(shape.registers && { email }) } })
    const stranger = await open({ ...shape, profile }, openJar()).auth.restore()
    expect(stranger).toMatchObject({ status: 'unauthenticated', reason: 'no-session' })
  })
}

const held = (value: string | null) => () => value
