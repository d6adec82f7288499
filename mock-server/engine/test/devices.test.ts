// What an owner is told of devices: their names, that one is new, and that a session was copied.
import { deviceName, type Mail } from '@latchkey/engine'
import { describe, expect, test } from 'vitest'
import { acknowledge, email, openSetting, password, refresh, register, tokenOf } from './setting.js'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const newerFirefox = firefox.replaceAll('140', '141')
const safari =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15'

describe('B40: a device', () => {
  test.each([
    [firefox, 'Firefox on Linux'],
    [safari, 'Safari on macOS'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Microsoft Edge on Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1',
      'Chrome on iOS',
    ],
    ['curl/8.5.0', null],
    ['<script>', null],
    ['', null],
    [null, null],
  ])('%s is %s', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name)
  })
})

const openPost = () => {
  const mails: Mail[] = []
  const setting = openSetting({
    mailer: { send: async (mail) => void mails.push(mail) },
    appUrl: 'https://app.example.com',
  })
  const logIn = (userAgent: string) =>
    setting.send('POST', '/auth/login', { body: { email, password }, headers: { 'user-agent': userAgent } })
  const alarms = async () => {
    await setting.engine.settled()
    return mails.filter(({ kind }) => kind === 'new-device' || kind === 'reuse-detected')
  }
  return { ...setting, logIn, alarms }
}

describe('B40: the owner is told', () => {
  test('that somebody signed in on a device of a new kind: once, and not of the first or a newer version', async () => {
    const setting = openPost()
    await setting.send('POST', '/auth/register', { body: { email, password }, headers: { 'user-agent': firefox } })
    await setting.logIn(newerFirefox)
    expect(await setting.alarms()).toEqual([])
    await setting.logIn(safari)
    await setting.logIn(safari)
    const at = setting.clock.now()
    expect(await setting.alarms()).toEqual([
      { kind: 'new-device', to: email, name: null, device: 'Safari on macOS', ip: '203.0.113.7', at },
    ])
    expect(setting.events.filter(({ type }) => type === 'new_device')).toMatchObject([{ detail: 'Safari on macOS' }])
  })

  test('that a session was copied, and by whom it was shown', async () => {
    const setting = openPost()
    const stolen = tokenOf(await register(setting))
    const rotated = await refresh(setting, stolen)
    await acknowledge(setting, rotated)
    setting.clock.advance(60_000)
    await setting.send('POST', '/auth/refresh', {
      headers: { cookie: `__Host-latchkey=${stolen}`, 'x-latchkey': '1', 'user-agent': safari },
      ip: '198.51.100.9',
    })
    const at = setting.clock.now()
    expect(await setting.alarms()).toEqual([
      { kind: 'reuse-detected', to: email, name: null, device: 'Safari on macOS', ip: '198.51.100.9', at },
    ])
  })
})
