// The laws of the acknowledgement: a rotated token that arrived is said to have, soon, once, and with itself.
import { describe, expect, it } from 'vitest'
import { latchkey } from '../src/index.js'
import { problem } from './backend.js'
import { openClient, signedIn, world } from './open-client.js'

const acks = ({ backend }: Pick<Awaited<ReturnType<typeof signedIn>>, 'backend'>) =>
  backend.sent.filter(({ path }) => path === '/auth/refresh/ack')

describe('the acknowledgement', () => {
  it('comes three seconds after a rotation, once, with the new token', async () => {
    const opened = await signedIn()
    await opened.auth.refresh()
    await opened.clock.advance(2_900)
    expect(acks(opened)).toHaveLength(0)
    await opened.clock.advance(200)
    expect(acks(opened)).toMatchObject([
      { authorization: `Bearer ${opened.backend.token()}`, init: { keepalive: true } },
    ])
    await opened.clock.advance(60_000)
    expect(acks(opened)).toHaveLength(1)
  })

  it('does not wait where the page is being hidden', async () => {
    const opened = await signedIn()
    await opened.auth.refresh()
    opened.tab.hide()
    await opened.clock.advance(0)
    expect(acks(opened)).toHaveLength(1)
    await opened.clock.advance(10_000)
    expect(acks(opened)).toHaveLength(1)
  })

  it('follows neither a login nor a logout', async () => {
    const opened = await signedIn()
    opened.tab.hide()
    await opened.clock.advance(10_000)
    await opened.auth.refresh()
    await opened.auth.logout()
    await opened.clock.advance(10_000)
    expect(acks(opened)).toHaveLength(0)
  })

  it('is not asked of a backend that knows none', async () => {
    const { acknowledge: _none, ...profile } = latchkey()
    const opened = await signedIn(world(), { profile })
    await opened.auth.refresh()
    await opened.clock.advance(10_000)
    expect(acks(opened)).toHaveLength(0)
    expect(opened.auth.$session.get().status).toBe('authenticated')
  })

  it('that fails changes nothing', async () => {
    const opened = openClient()
    opened.backend.signedIn('ada')
    opened.backend.answer('/auth/refresh/ack', () => problem(401, 'invalid_token'))
    await opened.auth.restore()
    await opened.clock.advance(10_000)
    expect(opened.auth.$session.get().status).toBe('authenticated')
    expect(opened.auth.$refresh.get().status).toBe('idle')
  })
})
