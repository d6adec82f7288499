import { describe, expect, test } from 'vitest'
import type { Reply } from '@latchkey/engine'
import { browserFamily, isBound, isForeign, networkOf } from '../src/binding.js'
import { countReplay, isTooOdd, type Oddness } from '../src/streak.js'
import {
  acknowledge,
  codeOf,
  cookieHeader,
  grantOf,
  openSetting,
  register,
  second,
  tokenOf,
  type Setting,
} from './setting.js'

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const newer = chrome.replace('140', '141')
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'

test.each([
  [chrome, 'chrome'],
  [newer, 'chrome'],
  [firefox, 'firefox'],
  [`${chrome} Edg/140.0.0.0`, 'edge'],
  [`${chrome} OPR/120.0`, 'opera'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    'safari',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
    'safari',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1',
    'chrome',
  ],
  ['okhttp/4.12.0', 'okhttp'],
  ['node', 'node'],
  [null, ''],
])('the browser %s is %s', (userAgent, family) => {
  expect(browserFamily(userAgent)).toBe(family)
})

test.each([
  ['203.0.113.7', '203.0.113'],
  ['::ffff:203.0.113.7', '203.0.113'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1'],
  ['2001:0DB8:0001::9', '2001:db8:1'],
  ['2001:db8::', '2001:db8:0'],
  ['::1', '0:0:0'],
  [null, ''],
  ['junk', 'junk'],
])('the address %s is of the network %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network)
})

describe('a family', () => {
  const family = { deviceHash: 'h', userAgent: chrome, ip: '203.0.113.7' }
  const device = { did: 'd', userAgent: chrome, ip: '203.0.113.7' }

  test('is bound to its device cookie and its browser, never to an address or a version', () => {
    expect(isBound(family, device, 'h')).toBe(true)
    expect(isBound(family, { ...device, userAgent: newer, ip: '198.51.100.1' }, 'h')).toBe(true)
    expect(isBound(family, device, 'other')).toBe(false)
    expect(isBound(family, device, null)).toBe(false)
    expect(isBound(family, { ...device, userAgent: firefox }, 'h')).toBe(false)
    expect(isBound(family, { ...device, userAgent: null }, 'h')).toBe(false)
  })

  test('without a device cookie is bound by the browser alone, and without that by nothing', () => {
    expect(isBound({ ...family, deviceHash: null }, device, null)).toBe(true)
    expect(isBound({ ...family, deviceHash: null }, { ...device, userAgent: firefox }, null)).toBe(false)
    expect(isBound({ ...family, deviceHash: null, userAgent: null }, { ...device, userAgent: firefox }, null)).toBe(
      true,
    )
  })

  test('finds another version or network foreign, another address of the same network not', () => {
    expect(isForeign(family, { ...device, ip: '203.0.113.200' })).toBe(false)
    expect(isForeign(family, { ...device, ip: '203.0.114.7' })).toBe(true)
    expect(isForeign(family, { ...device, userAgent: newer })).toBe(true)
  })
})

describe('odd generations', () => {
  const none = { foreignStreak: 0, foreignAt: 0, lateStreak: 0, lateAt: 0 }
  const replay = (heads: readonly (readonly [number, Oddness])[]) =>
    heads.reduce((streaks, [head, oddness]) => countReplay({ ...streaks, head }, oddness), none)
  const foreign = { foreign: true, late: false }
  const late = { foreign: false, late: true }
  const plain = { foreign: false, late: false }

  test.each([
    [
      'three in a row',
      true,
      [
        [1, foreign],
        [2, foreign],
        [3, foreign],
      ],
    ],
    [
      'three in a row that are late',
      true,
      [
        [5, late],
        [6, late],
        [7, late],
      ],
    ],
    [
      'two in a row',
      false,
      [
        [1, foreign],
        [2, foreign],
      ],
    ],
    [
      'the same one thrice',
      false,
      [
        [1, foreign],
        [1, foreign],
        [1, foreign],
      ],
    ],
    [
      'three with a good one between',
      false,
      [
        [1, foreign],
        [2, foreign],
        [4, foreign],
      ],
    ],
    [
      'two of one kind and two of the other',
      false,
      [
        [1, foreign],
        [2, late],
        [3, foreign],
        [4, late],
      ],
    ],
    [
      'three that are not odd',
      false,
      [
        [1, plain],
        [2, plain],
        [3, plain],
      ],
    ],
  ] as const)('%s are too many: %s', (_name, tooMany, heads) => {
    expect(isTooOdd(replay(heads), 3)).toBe(tooMany)
    expect(isTooOdd(replay(heads), 0)).toBe(false)
  })
})

type From = { readonly did?: string; readonly agent?: string; readonly ip?: string }
const from = (setting: Setting, token: string, { did, agent = chrome, ip = '203.0.113.7' }: From = {}) => {
  const { cookie, ...headers } = cookieHeader(token)
  const jar = did === undefined ? cookie : `${cookie}; __Host-did=${did}`
  return setting.send('POST', '/auth/refresh', { headers: { ...headers, cookie: jar, 'user-agent': agent }, ip })
}
const didOf = ({ cookie }: Reply) => (cookie.act === 'set' ? cookie.device?.value : undefined)
const begin = async (setting: Setting) =>
  setting.send('POST', '/auth/login', {
    body: { email: 'ada@example.com', password: 'correct horse battery staple' },
    headers: { 'user-agent': chrome },
    ip: '203.0.113.7',
  })

describe('a refresh token in other hands', () => {
  const cases: Record<string, From> = {
    'with another device cookie': { did: 'A'.repeat(43) },
    'with none': { did: '' },
    'with another browser': { agent: firefox },
  }

  test.each(Object.entries(cases))(
    '%s ends its session within the grace too, and is told (J6)',
    async (_name, thief) => {
      const setting = openSetting()
      await register(setting)
      const first = tokenOf(await begin(setting))
      const one = await from(setting, first)
      expect(one.status).toBe(200)
      expect(await from(setting, first, thief)).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      expect(codeOf(await from(setting, tokenOf(one)))).toBe('session_revoked')
      expect(setting.events.map(({ type }) => type)).toEqual(
        expect.arrayContaining(['binding_broken', 'sessions_revoked']),
      )
    },
  )

  test('an update of the browser and another network are no other hands', async () => {
    const setting = openSetting()
    await register(setting)
    const one = await from(setting, tokenOf(await begin(setting)))
    setting.clock.advance(30 * second)
    expect((await from(setting, tokenOf(one), { agent: newer, ip: '198.51.100.9' })).status).toBe(200)
  })

  test('a login keeps the device cookie that the browser has, and mints one in place of what is none', async () => {
    const setting = openSetting()
    await register(setting)
    const [reply] = [await begin(setting)]
    const known = didOf(reply)
    expect(known).toMatch(/^[\w-]{43}$/)
    expect(didOf(await begin(setting))).toBe(known)
    const planted = await setting.send('POST', '/auth/login', {
      body: { email: 'ada@example.com', password: 'correct horse battery staple' },
      headers: { cookie: '__Host-did=chosen by somebody' },
    })
    expect(didOf(planted)).toMatch(/^[\w-]{43}$/)
  })

  test('in body mode the browser alone binds, and no cookie is set', async () => {
    const setting = openSetting({ transport: 'body' })
    await register(setting)
    const login = await begin(setting)
    expect(login.cookie).toEqual({ act: 'leave' })
    const spend = (agent: string) =>
      setting.send('POST', '/auth/refresh', {
        body: { refresh_token: grantOf(login).refresh_token },
        headers: { 'user-agent': agent },
      })
    expect((await spend(newer)).status).toBe(200)
    expect(codeOf(await spend(firefox))).toBe('session_revoked')
  })
})

describe('a second holder of the whole jar', () => {
  /** The victim rotates, the shadow repeats: so many generations, and the status of the last repeat. */
  async function shadow(setting: Setting, generations: number, thief: From, wait: number): Promise<number> {
    await register(setting)
    let token = tokenOf(await begin(setting))
    let status = 0
    for (let generation = 0; generation < generations; generation += 1) {
      const rotated = await from(setting, token)
      setting.clock.advance(wait)
      status = (await from(setting, token, thief)).status
      if (rotated.status === 200) token = tokenOf(rotated)
      await acknowledge(setting, rotated)
      setting.clock.advance(60 * second)
    }
    return status
  }

  test.each([
    ['from another network', { ip: '198.51.100.9' }, second],
    ['with another version of the browser', { agent: newer }, second],
    ['always late', {}, 40 * second],
  ] as const)('is found by the third generation in a row: %s', async (_name, thief, wait) => {
    expect(await shadow(openSetting(), 2, thief, wait)).toBe(200)
    const setting = openSetting()
    expect(await shadow(setting, 3, thief, wait)).toBe(401)
    expect(setting.events.map(({ type }) => type)).toContain('reuse_detected')
    expect(await shadow(openSetting({ reuseStreak: 0 }), 9, thief, wait)).toBe(200)
  })
})
