// The FastAPI profiles against running FastAPI servers of their shapes: examples/backends/fastapi.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Profile } from '@latchkey/core'
import { fastapiCookie, fastapiCookieOnly, fastapiEnvelope, fastapiForm, fastapiQuery } from '@latchkey/core/profiles'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPython, type PythonBackend } from './python.js'
import {
  allWell,
  closeClients,
  count,
  newcomer,
  open,
  password,
  signedIn,
  twenty,
  type Shape,
  type World,
} from './shape.js'
import { shapeLaws } from './shape-laws.js'

/** Seconds; the hasty server's tokens expire while a law waits for it, and live long enough for its replays. */
const lifetime = 900
const shortest = 5
let backend: PythonBackend
let hasty: PythonBackend
beforeAll(async () => {
  const start = (seconds: number) => openPython('fastapi', 'every_shape:app', { ACCESS_SECONDS: String(seconds) })
  ;[backend, hasty] = await Promise.all([start(lifetime), start(shortest)])
  // The first run on a machine may have to install Python's packages.
}, 300_000)
afterAll(() => Promise.all([backend.stop(), hasty.stop()]))
closeClients()

const include = { method: 'POST', credentials: 'include' } as const
/** Somebody with the same cookie refreshes first: the client’s next refresh is the reuse that revokes everything. */
const stealCookie = ({ jar, at }: World): Promise<unknown> => jar.copy().fetch(at('auth/refresh'), include)

const shape = (path: string, profile: Profile, more: Pick<Shape, 'revoke'> & Partial<Shape>): Shape => ({
  name: `FastAPI, ${path}`,
  baseURL: () => `${backend.url}/${path}`,
  profile: profile as Shape['profile'],
  mine: 'auth/me',
  registers: 'registered',
  refresh: `POST /${path}/auth/refresh`,
  logout: [`POST /${path}/auth/logout`],
  lifetime,
  revokedAs: 'expired',
  ...more,
})

const form = shape('form', fastapiForm(), { mine: 'users/me', revoke: stealCookie })
const cookieOnly = shape('cookie-only', fastapiCookieOnly(), {
  mine: 'users/me',
  async revoke({ email }) {
    const elsewhere = open(cookieOnly)
    await elsewhere.auth.login({ email, password })
    await elsewhere.auth.logout({ everywhere: true })
  },
})
const shapes: readonly Shape[] = [
  shape('cookie', fastapiCookie(), { revoke: stealCookie }),
  shape('envelope', fastapiEnvelope(), {
    registers: 'authenticated',
    logout: [],
    revoke: ({ auth, at }) => auth.fetch(at('auth/me'), { method: 'DELETE' }),
  }),
  shape('query', fastapiQuery(), {
    mine: 'notes',
    logout: [],
    revoke: ({ storage, at }) => fetch(at(`auth/refresh?token=${storage.get()}`), { method: 'POST' }),
  }),
  form,
  cookieOnly,
]
shapes.forEach(shapeLaws)

/** At the hasty server, and as if the backend had not said how long its tokens live. */
const unaware = (shape: Shape): Shape => ({
  ...shape,
  baseURL: () => shape.baseURL().replace(backend.url, hasty.url),
  profile: {
    ...shape.profile,
    lifetime: 600,
    readGrant: (body, headers) => ({ ...shape.profile.readGrant(body, headers), expiresIn: undefined }),
  },
})

describe.concurrent('FastAPI, where the server knows of the expiry and the client does not', () => {
  it.each(shapes)('$name: twenty 401s at once cost one refresh', async (shape) => {
    const world = await signedIn(unaware(shape))
    // The backend’s own clock decides, and nothing announces it.
    await sleep((shortest + 1) * 1000)
    expect(await twenty(world, shape.mine)).toEqual(allWell)
    expect(count(world, shape.refresh)).toBe(1)
    expect(world.jar.calls.filter(({ status }) => status === 401).length).toBe(20)
  })
})

describe('FastAPI, what it says of what was typed', () => {
  it.each(shapes)('$name: a bad address is invalid_input, and names its field', async (shape) => {
    await expect(open(shape).auth.register({ ...newcomer(), email: 'nowhere' })).rejects.toMatchObject({
      code: 'invalid_input',
      fieldErrors: { email: 'value is not a valid email address' },
    })
  })
  it('FastAPI, form: JSON at the form’s route is a 422, which is why the profile sends a form', async () => {
    const call = { method: 'POST', path: 'auth/token', json: { username: 'ada', password } } as const
    await expect(open(form).auth.send(call)).rejects.toMatchObject({ status: 422 })
  })
})
