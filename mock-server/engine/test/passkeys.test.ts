// Passkeys as the engine looks at them: every lie of an authenticator or of a page is refused, and costs the challenge.
import { describe, expect, test } from 'vitest'
import { createCredential, type Twist } from './authenticator.js'
import { bearer, email, grantOf, openSetting, origin, register, type Setting } from './setting.js'

type Options = Parameters<typeof createCredential>[0] & { readonly rpId?: string; readonly challenge: string }

async function openOwner(setting: Setting = openSetting(), address = email) {
  const registered = await register(setting, address)
  const headers = bearer(grantOf(registered).access_token)
  const invite = async () =>
    (await setting.send('POST', '/auth/passkeys/register/options', { headers })).body as Options
  const add = (passkey: unknown, name = 'My laptop') =>
    setting.send('POST', '/auth/passkeys/register', { headers, body: { name, passkey } })
  const ask = async () => (await setting.send('POST', '/auth/passkeys/login/options')).body as Options
  const enter = (passkey: unknown) => setting.send('POST', '/auth/passkeys/login', { body: { passkey } })
  return { ...setting, headers, registered, invite, add, ask, enter }
}

async function withPasskey(twist: Twist = {}) {
  const owner = await openOwner()
  const credential = await createCredential(await owner.invite(), origin, twist)
  const added = await owner.add(credential.attestation)
  return { ...owner, credential, added }
}

describe('the walk', () => {
  test('a passkey is made, and signs its owner in without a password', async () => {
    const { added, ask, enter, credential, events, send, headers } = await withPasskey()
    expect(added).toMatchObject({ status: 201, body: { name: 'My laptop', synced: false, last_used_at: null } })
    const entered = await enter(await credential.assert(await ask()))
    expect(entered).toMatchObject({ status: 200, body: { user: { email } }, cookie: { act: 'set' } })
    expect(events.map(({ type }) => type)).toEqual(['registered', 'passkey_added', 'logged_in'])
    const { body } = await send('GET', '/auth/passkeys', { headers })
    expect(body).toMatchObject({ passkeys: [{ name: 'My laptop', last_used_at: expect.any(String) }] })
  })
})
