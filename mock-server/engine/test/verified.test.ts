import { expect, test } from 'vitest'
import type { AccessTokens } from '../src/access-token.js'
import { rememberVerified } from '../src/verified.js'
import { manualClock, openSetting, register, bearer, grantOf } from './setting.js'

const openCounter = (most?: number) => {
  const clock = manualClock()
  const asked: string[] = []
  const tokens: AccessTokens = {
    sign: async () => '',
    verify: async (token) => {
      asked.push(token)
      if (token.startsWith('bad')) return null
      return { sub: 'u', sid: token, gen: 0, role: 'user', authTime: 0, amr: [], expiresAt: clock.now() + 1_000 }
    },
  }
  return { clock, asked, verified: rememberVerified(tokens, clock, most) }
}

test('a token is verified once, and its claims are the same ever after', async () => {
  const { asked, verified } = openCounter()
  const first = await verified.verify('a')
  expect(await verified.verify('a')).toBe(first)
  expect(asked).toEqual(['a'])
})

test('a token that has expired is verified again, and what was refused is never remembered', async () => {
  const { asked, clock, verified } = openCounter()
  await verified.verify('a')
  clock.advance(999)
  await verified.verify('a')
  clock.advance(1)
  await verified.verify('a')
  for (let time = 0; time < 2; time += 1) expect(await verified.verify('bad')).toBeNull()
  expect(asked).toEqual(['a', 'a', 'bad', 'bad'])
})

test('of more tokens than are kept the oldest is verified again', async () => {
  const { asked, verified } = openCounter(2)
  for (const token of ['a', 'b', 'c', 'b', 'a']) await verified.verify(token)
  expect(asked).toEqual(['a', 'b', 'c', 'a'])
})

test('S46, B13: a remembered token is refused as soon as it is taken back or has expired, and a damaged copy always', async () => {
  const setting = openSetting()
  const token = grantOf(await register(setting)).access_token
  const statusOf = async (text: string) => (await setting.send('GET', '/auth/me', { headers: bearer(text) })).status
  expect([await statusOf(token), await statusOf(token), await statusOf(`${token}x`)]).toEqual([200, 200, 401])
  setting.clock.advance(600_000)
  expect(await statusOf(token)).toBe(401)
  const again = grantOf(await register(setting, 'other@example.com')).access_token
  expect(await statusOf(again)).toBe(200)
  await setting.send('POST', '/auth/logout-all', { headers: { ...bearer(again), 'x-latchkey': '1' } })
  expect(await statusOf(again)).toBe(401)
})
