// The laws of what nobody sees: no token in a store, an event, an error, storage, or another tab that asked for none.
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { latchkey } from '../src/index.js'
import { json, jwt, problem, userOf } from './backend.js'
import { credentials, openClient, project, signedIn, signedInTabs, world } from './open-client.js'

/** Every JWT begins so, and the body profile's refresh token is this. */
const secret = /eyJ|a-refresh-token|correct horse/

describe('tokens', () => {
  it('C1 F42 are in no store, event, timeline, nor in the client as inspected or serialised', async () => {
    const { auth, events, backend } = await signedIn()
    await auth.refresh()
    backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    await auth.refresh().catch(() => undefined)
    const seen = [auth, auth.$session, auth.$session.get(), auth.$refresh.get(), events, auth.timeline()]
    for (const value of seen) {
      expect(inspect(value, { depth: 20, showHidden: true, getters: true })).not.toMatch(secret)
      expect(JSON.stringify(value)).not.toMatch(secret)
    }
  })

  it('C2 a refresh token in the answer of a cookie profile is dropped, and said to be there', async () => {
    const opened = openClient()
    const { auth, backend, browser } = opened
    backend.answer('/auth/login', async (sent) => {
      const grant = (await backend.own(sent).json()) as object
      return json({ ...grant, refresh_token: 'a-refresh-token' })
    })
    await auth.login(credentials)
    expect(auth.timeline()).toContainEqual(expect.objectContaining({ type: 'diagnostic' }))
    backend.answer('/auth/login', null)
    await auth.refresh()
    for (const value of [auth, auth.timeline(), backend.sent.at(-1), [...browser.storage], browser.posted])
      expect(inspect(value, { depth: 20, showHidden: true, getters: true })).not.toMatch(/a-refresh-token/)
  })

  it('C1 are in no storage, whatever happens', async () => {
    const given = world()
    const tabs = await signedInTabs(3, given)
    await tabs[0].auth.refresh()
    await tabs[1]?.auth.login({ ...credentials, email: 'grace@example.com' })
    given.backend.answer('/auth/logout', () => problem(503, 'unavailable'))
    await tabs[2]?.auth.logout()
    expect(given.browser.storage.size).toBeGreaterThan(0)
    expect(JSON.stringify([...given.browser.storage])).not.toMatch(secret)
  })

  it('are in no error', async () => {
    const { auth, backend, clock } = await signedIn()
    const errors: unknown[] = []
    for (const reply of [
      () => problem(503, 'x'),
      () => json({ access_token: jwt({ sub: 'x' }), sid: 's' }),
      () => json({ access_token: 7, refresh_token: 'a-refresh-token' }),
      () => new Response(`{"access_token":"${jwt({})}"`, { headers: { 'Content-Type': 'application/json' } }),
    ]) {
      backend.answer('/auth/refresh', reply)
      errors.push(await auth.refresh().catch((error: unknown) => error))
      await clock.advance(61_000)
      backend.answer('/auth/login', reply)
      errors.push(await auth.login(credentials).catch((error: unknown) => error))
    }
    expect(errors).toHaveLength(8)
    for (const error of errors) expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(secret)
  })

  it('C26 `tabs.shareToken: false`: the channel carries neither token nor user, and tabs still hear of each other', async () => {
    const given = world()
    const options = { tabs: { shareToken: false } }
    const one = await signedIn(given, options)
    const two = openClient(given, options)
    await two.auth.restore()
    await Promise.all([one.auth.refresh(), two.auth.refresh()])
    await one.auth.logout()
    await given.clock.advance(1_000)
    expect(given.browser.posted.length).toBeGreaterThan(0)
    expect(JSON.stringify(given.browser.posted)).not.toMatch(secret)
    expect(JSON.stringify(given.browser.posted)).not.toContain('example.com')
    expect(two.auth.$session.get()).toMatchObject({ reason: 'logged-out-elsewhere' })
  })

  it('a refresh token never travels to another tab', async () => {
    const given = world()
    given.backend.answer('/auth/login', () => {
      const claims = { sub: 'user-ada', sid: 's', gen: 1, iat: 1_700_000_000, exp: 1_700_000_600 }
      const grant = { access_token: jwt(claims), refresh_token: 'a-refresh-token', expires_in: 600 }
      return json({ ...grant, user: userOf('ada'), sid: 's' })
    })
    await signedInTabs(2, given, { profile: latchkey({ refreshToken: 'body' }) })
    expect(JSON.stringify(given.browser.posted)).not.toContain('a-refresh-token')
    expect(JSON.stringify([...given.browser.storage])).not.toContain('a-refresh-token')
  })

  it('the password is sent to the login endpoint, and kept nowhere', async () => {
    const { auth, backend } = await signedIn()
    await auth.fetch(project)
    const bearing = backend.sent.filter(({ body }) => body.includes(credentials.password))
    expect(bearing.map(({ path }) => path)).toEqual(['/auth/login'])
    expect(inspect(auth, { depth: 20, showHidden: true })).not.toContain(credentials.password)
  })
})
