// `simpleJwt()` against a running Django with SimpleJWT, rotation and blacklist: examples/backends/django.
import { simpleJwt } from '@latchkey/core/profiles'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDjango, type PythonBackend } from './python.js'
import { closeClients, newcomer, open, password, signedIn, type Shape } from './shape.js'
import { shapeLaws } from './shape-laws.js'

const lifetime = 300
let backend: PythonBackend
beforeAll(async () => {
  backend = await openDjango({ ACCESS_SECONDS: String(lifetime) })
  // The first run on a machine may have to install Python's packages.
}, 300_000)
afterAll(() => backend.stop())
closeClients()

const django: Shape = {
  name: 'Django, SimpleJWT',
  baseURL: () => backend.url,
  profile: simpleJwt({
    usernameField: 'email',
    me: 'api/me/',
    register: 'api/register/',
    logoutAll: 'api/token/blacklist-all/',
  }),
  mine: 'api/me/',
  registers: 'registered',
  refresh: 'POST /api/token/refresh/',
  logout: ['POST /api/token/blacklist/'],
  lifetime,
  async revoke({ email }) {
    const elsewhere = open(django)
    await elsewhere.auth.login({ email, password })
    await elsewhere.auth.logout({ everywhere: true })
  },
  revokedAs: 'revoked',
}
shapeLaws(django)

describe('Django, SimpleJWT, its own habits', () => {
  it('Django: a spent refresh token that comes back ends its family, and no other', async () => {
    const { auth, jar, storage, email } = await signedIn(django)
    const elsewhere = open(django)
    await elsewhere.auth.login({ email, password })
    const thief = open(django, jar.copy())
    thief.storage.set(storage.get())
    await thief.auth.restore()
    await auth.refresh()
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'revoked' })
    await thief.auth.refresh()
    expect(thief.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'revoked' })
    await elsewhere.auth.refresh()
    expect(elsewhere.auth.$session.get().status).toBe('authenticated')
  })
  it('Django: a weak password is weak_password, and a bad address names its field', async () => {
    const { auth } = open(django)
    await expect(auth.register({ ...newcomer(), password: 'short' })).rejects.toMatchObject({ code: 'weak_password' })
    await expect(auth.register({ ...newcomer(), email: 'nowhere' })).rejects.toMatchObject({
      code: 'invalid_input',
      fieldErrors: { email: 'Enter a valid email address.' },
    })
  })
  it('Django: a field that is missing is a 400 that names it, and no slash at the end is no route', async () => {
    const { auth } = open(django)
    await expect(auth.login({ email: 'ada@example.com' })).rejects.toMatchObject({
      code: 'invalid_input',
      fieldErrors: { password: 'This field is required.' },
    })
    const bare = open({
      ...django,
      profile: { ...django.profile, login: () => ({ method: 'POST', path: 'api/token' }) },
    })
    await expect(bare.auth.login({ email: 'ada@example.com', password })).rejects.toMatchObject({ code: 'unreachable' })
  })
})
