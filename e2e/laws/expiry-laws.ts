// Laws of a session's natural end: nobody came for too long, or it has simply been long enough (B4).
import { describe, expect, test } from 'vitest'
import { keptCookie, signUp } from './device.js'
import { ended } from './ended.js'
import { dayMs, type Transport } from './transport.js'

export function expiryLaws(transport: () => Transport): void {
  describe('a session', () => {
    test('B4: expires when nobody refreshes for fourteen days', async () => {
      const device = await signUp(transport())
      await transport().advance(14 * dayMs + 1_000)
      expect(await device.tryRefresh()).toMatchObject(ended('session_expired'))
    })

    test('B4: that is refreshed daily dies on day 30, and its cookie never outlives it', async () => {
      const device = await signUp(transport())
      for (let day = 1; day < 30; day += 1) {
        await transport().advance(dayMs)
        const reply = await device.tryRefresh()
        expect(reply).toMatchObject({ status: 200 })
        device.cookie = keptCookie(reply) ?? ''
        const [, maxAge] = /max-age=(\d+)/i.exec(reply.setCookie[0] ?? '') ?? []
        expect(Number(maxAge)).toBeLessThanOrEqual(Math.min(14, 30 - day) * 86_400)
      }
      await transport().advance(dayMs + 1_000)
      expect(await device.tryRefresh()).toMatchObject(ended('session_expired'))
    })
  })
}
