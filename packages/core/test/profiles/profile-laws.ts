// What every backend’s profile has to hold, through the real client.
import { describe, expect, it } from 'vitest'
import { json } from '../backend.js'
import { memoryStorage } from '../../src/index.js'
import { open, project } from './recorded.js'
import type { Recording } from './recording.js'
import { refreshLaws } from './refresh-laws.js'
import { expectBearer, expectSent, signedIn, statusOf } from './signed-in.js'

/** Login, wrong password, logout, registering, and what comes of the refresh. */
export function profileLaws(recording: Recording): void {
  const { profile, login, wrong, refresh, logout, me, user, lifetime } = recording
  describe(`the profile ${profile.name}`, () => {
    it(`${profile.name}: a login is ${login.call}, and its answer a session`, async () => {
      const opened = await signedIn(recording)
      expectSent(opened, login)
      expect(opened.auth.$session.get()).toMatchObject({
        status: 'authenticated',
        user,
        expiresAt: lifetime === Infinity ? null : opened.clock.now() + lifetime * 1000,
      })
      await expectBearer(opened, recording)
      if (me) expect(opened.callsOf(me.call).length).toBeLessThanOrEqual(1)
    })

    it(`${profile.name}: a wrong password is invalid_credentials and signs nobody in`, async () => {
      const opened = open(recording)
      opened.answer(login.call, () => json(wrong[1], wrong[0]))
      await expect(opened.auth.login(recording.credentials)).rejects.toMatchObject({ code: 'invalid_credentials' })
      expect(statusOf(opened)).not.toBe('authenticated')
    })

    it(`${profile.name}: a logout ends the session here${logout ? ' and on the server' : ''}`, async () => {
      const opened = await signedIn(recording)
      const before = opened.sent.length
      await opened.auth.logout()
      expect(opened.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'logged-out' })
      if (logout) expectSent(opened, logout(opened.tokens()))
      else expect(opened.sent.length).toBe(before)
    })

    registerLaws(recording)
    if (refresh) refreshLaws(recording, refresh)
    else unrefreshedLaws(recording)
  })
}

function registerLaws(recording: Recording): void {
  const { profile, register } = recording
  if (!register) return
  it(`${profile.name}: registering is ${register.call}`, async () => {
    const opened = open(recording)
    const { status } = await opened.auth.register(register.input)
    expectSent(opened, register)
    expect(status).toBe(register.signsIn ? 'authenticated' : 'registered')
    expect(statusOf(opened)).toBe(register.signsIn ? 'authenticated' : 'pending')
  })
}

function unrefreshedLaws(recording: Recording): void {
  const { profile, lifetime, me } = recording
  if (lifetime === Infinity) endlessLaws(recording)
  else if (profile.bearer === 'header') endingLaws(recording)
  else cookieEndLaws(recording)
  if (me && profile.bearer === 'header') keptLaws(recording)
}

const no = (): Response => json({ message: 'Unauthenticated.', detail: 'Unauthorized' }, 401)

function endlessLaws(recording: Recording): void {
  const { profile, me } = recording
  it(`${profile.name}: without an expiry the session lives until it is refused`, async () => {
    const opened = await signedIn(recording)
    await opened.clock.advance(1e10)
    expect(statusOf(opened)).toBe('authenticated')
    opened.answer(project, no)
    opened.answer(me?.call ?? '', no)
    await opened.auth.fetch('https://api.test/projects')
    expect(opened.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })
}

function endingLaws(recording: Recording): void {
  const { profile, lifetime } = recording
  it(`${profile.name}: without a refresh the session ends by the clock, not earlier, and nothing is asked`, async () => {
    const opened = await signedIn(recording)
    const before = opened.sent.length
    await opened.clock.advance(lifetime * 1000 - 1000)
    expect(statusOf(opened)).toBe('authenticated')
    await opened.clock.advance(1000)
    expect(opened.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
    expect(opened.sent.length).toBe(before)
  })
}

function cookieEndLaws(recording: Recording): void {
  const { profile, lifetime, me } = recording
  it(`${profile.name}: at the end of the cookie’s life, not earlier, the user’s route tells that it is over`, async () => {
    const opened = await signedIn(recording)
    const before = opened.sent.length
    await opened.clock.advance(lifetime * 1000 - 1000)
    expect(opened.sent.length).toBe(before)
    opened.answer(me?.call ?? '', no)
    await opened.clock.advance(1000)
    expect(opened.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })
}

function keptLaws(recording: Recording): void {
  const { profile, me, user, scheme = 'Bearer' } = recording
  it(`${profile.name}: a token that storage kept over a reload is looked up where the user is told`, async () => {
    const storage = memoryStorage()
    const first = await signedIn(recording, storage)
    const opened = open(recording, storage)
    expect(await opened.auth.restore()).toMatchObject({ status: 'authenticated', user })
    expect(opened.sent.map(({ call, authorization }) => [call, authorization])).toEqual([
      [me?.call, `${scheme} ${first.tokens().access}`],
    ])
  })
}
