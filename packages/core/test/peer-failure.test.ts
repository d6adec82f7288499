// The laws of a failure that another tab tells of: what it puts off, for how long, and what it leaves alone.
import { describe, expect, it } from 'vitest'
import { problem } from './backend.js'
import { settle } from './manual-clock.js'
import { signedIn, type Opened } from './open-client.js'

const refreshes = ({ backend }: Opened): number => backend.count('/auth/refresh')
const idle = { status: 'idle', failures: 0, nextAttemptAt: null, error: null }
const channel = 'latchkey:1:default'

/** Another tab tells that its refresh failed, and that its next attempt is due after so many milliseconds. */
async function fails({ browser, clock }: Opened, wait: number): Promise<void> {
  const nextAttemptAt = clock.now() + wait
  browser.post(channel, { v: 1, name: 'default', tab: 'peer', seq: 0, type: 'refresh-failed', nextAttemptAt })
  await settle()
}

describe('a failure that another tab tells of', () => {
  it('W3 W4 puts off the attempts of this tab until that tab’s next one', async () => {
    const opened = await signedIn()
    const { auth, clock, events } = opened
    await fails(opened, 40_000)
    expect(auth.$refresh.get()).toMatchObject({ status: 'failing', failures: 1, nextAttemptAt: clock.now() + 40_000 })
    expect(auth.$refresh.get().error).toMatchObject({
      code: 'unreachable',
      message: 'Another tab could not reach the server.',
    })
    expect(events.at(-1)).toMatchObject({ type: 'peer', said: 'refresh-failed' })
    await clock.advance(39_000)
    await expect(auth.refresh()).rejects.toMatchObject({
      code: 'unreachable',
      message: 'Another tab could not reach the server. The next attempt is due in 1 s.',
      retryAfter: 1_000,
    })
    expect(refreshes(opened)).toBe(0)
    await clock.advance(1_000)
    expect(refreshes(opened)).toBe(1)
    expect(auth.$refresh.get()).toEqual(idle)
  })

  it('C33 W4 puts them off for a minute at most', async () => {
    const opened = await signedIn()
    await fails(opened, 3_600_000)
    expect(opened.auth.$refresh.get().nextAttemptAt).toBe(opened.clock.now() + 60_000)
  })

  it.each([0, 1])('W3 that was over %d ms ago puts off nothing', async (ago) => {
    const opened = await signedIn()
    await fails(opened, -ago)
    expect(opened.auth.$refresh.get()).toEqual(idle)
    expect(opened.events.at(-1)).toMatchObject({ type: 'peer', said: 'refresh-failed' })
    await opened.auth.refresh()
    expect(refreshes(opened)).toBe(1)
  })

  it('C12 does not count among this tab’s own, whose waits would grow by it', async () => {
    const opened = await signedIn()
    opened.backend.answer('/auth/refresh', () => problem(503, 'unavailable'))
    await opened.auth.refresh().catch(() => undefined)
    await opened.clock.advance(1_000)
    expect(opened.auth.$refresh.get()).toMatchObject({ failures: 2 })
    await fails(opened, 40_000)
    expect(opened.auth.$refresh.get()).toMatchObject({ failures: 2, nextAttemptAt: opened.clock.now() + 40_000 })
  })

  it('W3 leaves a request that is under way alone, and its token ends the failing', async () => {
    const opened = await signedIn()
    const letGo = opened.backend.delay('/auth/refresh')
    const refreshed = opened.auth.refresh()
    await settle()
    await fails(opened, 40_000)
    letGo()
    await refreshed
    expect(opened.events.at(-1)).toMatchObject({ type: 'refreshed', by: 'exchange' })
    expect(opened.auth.$refresh.get()).toEqual(idle)
    // Nothing is under way now.
    await fails(opened, 40_000)
    expect(opened.events.at(-1)).toMatchObject({ type: 'peer', said: 'refresh-failed' })
    expect(refreshes(opened)).toBe(1)
  })

  it('W3 is that of a refresh which waits for the lock, at once', async () => {
    const opened = await signedIn()
    await opened.auth.refresh()
    opened.browser.seizeLock(channel)
    const refreshed = opened.auth.refresh().catch((error: unknown) => error)
    await settle()
    await fails(opened, 40_000)
    expect(await refreshed).toMatchObject({
      code: 'unreachable',
      message: 'Another tab could not reach the server. The next attempt is due in 40 s.',
      retryAfter: 40_000,
    })
    expect(opened.auth.$refresh.get()).toMatchObject({ status: 'failing', failures: 1 })
    expect(refreshes(opened)).toBe(1)
  })
})
