import { expect, test } from 'vitest'
import { bearer, grantOf, login, openSetting, refresh, register, tokenOf } from './setting.js'

test('a user registers, logs in, refreshes and is known by the access token', async () => {
  const setting = openSetting()
  expect((await register(setting)).status).toBe(201)
  const signedIn = await login(setting)
  expect(signedIn.status).toBe(200)
  const refreshed = await refresh(setting, tokenOf(signedIn))
  expect(refreshed).toMatchObject({ status: 200, body: { gen: 1, sid: grantOf(signedIn).sid, token_type: 'Bearer' } })
  const me = await setting.send('GET', '/auth/me', { headers: bearer(grantOf(refreshed).access_token) })
  expect(me).toMatchObject({ status: 200, body: grantOf(refreshed).user })
})
