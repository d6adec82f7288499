import { expect, test } from 'vitest'
import { readCookie, writeCookies } from '../src/cookie.js'
import { openSetting } from './setting.js'

const set = { act: 'set', value: 'token', maxAge: 60 } as const
const clear = { act: 'clear' } as const

test('B7: the cookie is __Host-, Secure, HttpOnly, SameSite=Strict, on /, and cleared with the very same attributes', () => {
  const { engine } = openSetting()
  expect(engine.setCookies({ cookie: set })).toEqual([
    '__Host-latchkey=token; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Strict',
  ])
  expect(engine.setCookies({ cookie: clear })).toEqual([
    '__Host-latchkey=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; Secure; SameSite=Strict',
  ])
  expect(engine.setCookies({ cookie: { act: 'leave' } })).toEqual([])
})

test('over plain http, or for a domain, the name makes no promise that the browser would break', () => {
  const plain = { secure: false, sameSite: 'lax', domain: null } as const
  expect(writeCookies({ cookie: set }, plain, 'cookie')).toEqual([
    'latchkey_refresh=token; Max-Age=60; Path=/; HttpOnly; SameSite=Lax',
  ])
  const wide = { secure: true, sameSite: 'none', domain: 'example.com' } as const
  expect(writeCookies({ cookie: set }, wide, 'cookie')).toEqual([
    'latchkey_refresh=token; Max-Age=60; Path=/; Domain=example.com; HttpOnly; Secure; SameSite=None',
  ])
})

test.each([
  [undefined, 'none'],
  ['', 'none'],
  ['a=1', 'none'],
  ['name', 'none'],
  ['name=', 'none'],
  ['xname=1', 'none'],
  ['name=1', 'one'],
  ['; ;a;=;name=1;', 'one'],
  ['name=1; name=1', 'several'],
  ['name=1; name=', 'several'],
  ['NAME=1; name=2', 'one'],
])('B8, S2: the header %j holds %s', (header, found) => {
  expect(readCookie(header, 'name').found).toBe(found)
})
