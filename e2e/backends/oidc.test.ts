// `oauth2()` against a running OpenID provider: password and refresh grants, opaque tokens, rotation.
import { oauth2 } from '@latchkey/core/profiles'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NodeServer } from './node-server.js'
import { openProvider } from './oidc-server.js'
import { closeClients, open, signedIn, type Shape } from './shape.js'
import { shapeLaws } from './shape-laws.js'

const lifetime = 600
let backend: NodeServer
beforeAll(async () => {
  backend = await openProvider(lifetime)
})
afterAll(() => backend.stop())
closeClients()

const provider: Shape = {
  name: 'OAuth 2.0, oidc-provider',
  baseURL: () => backend.url,
  profile: oauth2({
    clientId: 'web',
    tokenPath: 'token',
    revocationPath: 'token/revocation',
    userInfoPath: 'me',
  }),
  mine: 'me',
  registers: null,
  refresh: 'POST /token',
  logout: ['POST /token/revocation'],
  lifetime,
  async revoke({ auth, storage }) {
    await auth.send({
      method: 'POST',
      path: 'token/revocation',
      form: { token: storage.get() ?? '', client_id: 'web' },
      bare: true,
    })
  },
  revokedAs: 'expired',
}
shapeLaws(provider)

describe('OAuth 2.0, oidc-provider, its own habits', () => {
  it('OAuth 2.0: a refresh token that comes twice takes the whole grant with it', async () => {
    const { auth, jar, storage } = await signedIn(provider)
    const thief = open(provider, jar.copy())
    thief.storage.set(storage.get())
    await thief.auth.restore()
    await auth.refresh()
    expect(auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
    await thief.auth.refresh()
    expect(thief.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })
})
