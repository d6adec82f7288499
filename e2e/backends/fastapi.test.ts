// The FastAPI profiles against running FastAPI servers of their shapes: examples/backends/fastapi.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createAuthClient,
  memoryStorage,
  systemClock,
  type AuthClient,
  type Clock,
  type Profile,
  type TokenStorage,
} from '@latchkey/core'
import { fastapiCookie, fastapiCookieOnly, fastapiEnvelope, fastapiForm, fastapiQuery } from '@latchkey/core/profiles'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openJar, type Jar } from './jar.js'
import { openPython, type PythonBackend } from './python.js'

type User = { readonly email: string }
type World = {
  readonly auth: AuthClient<User>
  readonly jar: Jar
  readonly storage: TokenStorage
  readonly at: (path: string) => string
  /** Moves the client's clocks: it knows that its token is spent. */
  readonly advance: (seconds: number) => void
}
type Shape = {
  readonly path: string
  readonly profile: Profile<User>
  readonly mine: string
  readonly registers: 'registered' | 'authenticated'
  /** Ends the session behind the client’s back. */
  readonly revoke: (world: World) => Promise<unknown>
}

/** Seconds; the hasty server's tokens expire while a law waits for it, and live long enough for its replays. */
const lifetime = 900
const shortest = 5
const include = { method: 'POST', credentials: 'include' } as const
/** Somebody with the same cookie refreshes first: the client’s next refresh is the reuse that revokes everything. */
const stealCookie = ({ jar, at }: World): Promise<unknown> => jar.copy().fetch(at('auth/refresh'), include)

const shapes: readonly Shape[] = [
  { path: 'cookie', profile: fastapiCookie(), mine: 'auth/me', registers: 'registered', revoke: stealCookie },
  {
    path: 'envelope',
    profile: fastapiEnvelope(),
    mine: 'auth/me',
    registers: 'authenticated',
    revoke: ({ auth, at }) => auth.fetch(at('auth/me'), { method: 'DELETE' }),
  },
  {
    path: 'query',
    profile: fastapiQuery(),
    mine: 'notes',
    registers: 'registered',
    revoke: ({ storage, at }) => fetch(at(`auth/refresh?token=${storage.get()}`), { method: 'POST' }),
  },
  { path: 'form', profile: fastapiForm(), mine: 'users/me', registers: 'registered', revoke: stealCookie },
  {
    path: 'cookie-only',
    profile: fastapiCookieOnly(),
    mine: 'users/me',
    registers: 'registered',
    async revoke({ auth }) {
      const session = auth.$session.get()
      const email = session.status === 'authenticated' ? session.user.email : ''
      const elsewhere = open(byPath('cookie-only'))
      await elsewhere.auth.login({ email, password })
      await elsewhere.auth.logout({ everywhere: true })
    },
  },
]

let backend: PythonBackend
let hasty: PythonBackend
beforeAll(async () => {
  const start = (seconds: number) => openPython('fastapi', 'every_shape', { ACCESS_SECONDS: String(seconds) })
  ;[backend, hasty] = await Promise.all([start(lifetime), start(shortest)])
  // The first run on a machine may have to install Python's packages.
}, 300_000)
afterAll(() => Promise.all([backend.stop(), hasty.stop()]))

const password = 'correct horse battery'
let people = 0
const nobodyYet = () => ({ email: `ada-${++people}@example.com`, password, display_name: 'Ada', full_name: 'Ada' })
const opened: AuthClient<User>[] = []
afterAll(() => opened.forEach((auth) => auth.dispose()))

function open({ path, profile }: Shape, { url } = backend): World {
  const jar = openJar()
  const storage = memoryStorage()
  const baseURL = `${url}/${path}`
  let ahead = 0
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    monotonic: () => systemClock.monotonic() + ahead,
  }
  const refresh = { proactive: 'never' } as const
  const auth = createAuthClient<User>({ baseURL, profile, storage, refresh, clock, fetch: jar.fetch, tabs: false })
  opened.push(auth)
  return {
    auth,
    jar,
    storage,
    at: (route) => `${baseURL}/${route}`,
    advance: (seconds) => {
      ahead += seconds * 1000
    },
  }
}

async function signedIn(shape: Shape, server = backend): Promise<World & { readonly email: string }> {
  const world = open(shape, server)
  const ada = nobodyYet()
  await world.auth.register(ada)
  await world.auth.login({ email: ada.email, password })
  return { ...world, email: ada.email }
}

const byPath = (path: string): Shape => {
  const shape = shapes.find((one) => one.path === path)
  if (shape === undefined) throw new Error(`no shape ${path}`)
  return shape
}
const refreshes = ({ jar }: World): number => jar.calls.filter(({ call }) => call.endsWith('/auth/refresh')).length
const twenty = ({ auth, at }: World, mine: string): Promise<number[]> =>
  Promise.all(Array.from({ length: 20 }, async () => (await auth.fetch(at(mine))).status))
const allWell = Array.from({ length: 20 }, () => 200)

describe.each(shapes)('FastAPI, $path', (shape) => {
  const name = `FastAPI, ${shape.path}`

  it(`${name}: who registers can log in, and is who the API says`, async () => {
    const world = open(shape)
    const { auth, at } = world
    const ada = nobodyYet()
    expect((await auth.register(ada)).status).toBe(shape.registers)
    await expect(auth.register(ada)).rejects.toMatchObject({ code: 'email_taken' })
    const { status } = await auth.login({ email: ada.email, password })
    expect(status).toBe('authenticated')
    expect(auth.$session.get()).toMatchObject({ user: { email: ada.email } })
    expect((await auth.fetch(at(shape.mine))).status).toBe(200)
    expect(refreshes(world)).toBe(0)
  })

  it(`${name}: a wrong password is invalid_credentials, a bad address is not`, async () => {
    const { auth } = open(shape)
    const ada = nobodyYet()
    await auth.register(ada)
    await expect(auth.login({ email: ada.email, password: 'wrong horse' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    await expect(auth.register({ email: 'nowhere', password })).rejects.toMatchObject({
      code: 'invalid_input',
      fieldErrors: { email: 'value is not a valid email address' },
    })
  })

  it(`${name}: twenty requests with a spent token cost one refresh, and no 401`, async () => {
    const world = await signedIn(shape)
    world.advance(lifetime + 5)
    expect(await twenty(world, shape.mine)).toEqual(allWell)
    expect(refreshes(world)).toBe(1)
    expect(world.jar.calls.filter(({ status }) => status === 401)).toEqual([])
  })

  it(`${name}: a second refresh spends what the first one brought`, async () => {
    const { auth, email } = await signedIn(shape)
    await auth.refresh()
    await auth.refresh()
    expect(auth.$session.get()).toMatchObject({ status: 'authenticated', user: { email } })
    expect(auth.$refresh.get().status).toBe('idle')
  })

  it(`${name}: a session revoked elsewhere ends at its next refresh`, async () => {
    const world = await signedIn(shape)
    await shape.revoke(world)
    await world.auth.refresh().catch(() => {})
    expect(world.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })

  it(`${name}: after a logout nothing is left to refresh with`, async () => {
    const { auth, jar, at, storage } = await signedIn(shape)
    const thief = jar.copy()
    const before = jar.calls.length
    await auth.logout()
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
    expect(storage.get()).toBeNull()
    const told = jar.calls.slice(before).map(({ call }) => call)
    expect(told).toEqual(shape.profile.logout ? [`POST /${shape.path}/auth/logout`] : [])
    expect((await thief.fetch(at('auth/refresh'), include)).status).toBeGreaterThanOrEqual(401)
  })
})

/** As if the backend had not said how long its tokens live. */
const unaware = (shape: Shape): Shape => ({
  ...shape,
  profile: {
    ...shape.profile,
    lifetime: 600,
    readGrant: (body, headers) => ({ ...shape.profile.readGrant(body, headers), expiresIn: undefined }),
  },
})

describe.concurrent('FastAPI, where the server knows of the expiry and the client does not', () => {
  it.each(shapes)('FastAPI, $path: twenty 401s at once cost one refresh', async (shape) => {
    const world = await signedIn(unaware(shape), hasty)
    // The backend’s own clock decides, and nothing announces it.
    await sleep((shortest + 1) * 1000)
    expect(await twenty(world, shape.mine)).toEqual(allWell)
    expect(refreshes(world)).toBe(1)
    expect(world.jar.calls.filter(({ status }) => status === 401).length).toBe(20)
  })
})

describe('FastAPI, where cookies carry the refresh token', () => {
  it.each(shapes.filter(({ profile }) => profile.refreshToken === 'cookie'))(
    'FastAPI, $path: a reload restores the session, and without a cookie there is none',
    async (shape) => {
      const { jar, email, at } = await signedIn(shape)
      const reload = (fetch: typeof globalThis.fetch) => {
        const auth = createAuthClient<User>({ baseURL: at(''), profile: shape.profile, fetch, tabs: false })
        opened.push(auth)
        return auth
      }
      expect(await reload(jar.fetch).restore()).toMatchObject({ status: 'authenticated', user: { email } })
      expect(await reload(openJar().fetch).restore()).toMatchObject({ status: 'unauthenticated', reason: 'no-session' })
    },
  )
  it('FastAPI, form: JSON at the form’s route is a 422, which is why the profile sends a form', async () => {
    const { auth } = open(byPath('form'))
    const call = { method: 'POST', path: 'auth/token', json: { username: 'ada', password } } as const
    await expect(auth.send(call)).rejects.toMatchObject({ status: 422 })
  })
})
