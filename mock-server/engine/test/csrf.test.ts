import { expect, test } from 'vitest'
import { createEngine, createMemoryStore } from '@latchkey/engine'
import { clearPasswords, openSetting, origin, refresh, register, tokenOf } from './setting.js'

const matrix: readonly (readonly [string, Readonly<Record<string, string>>, boolean])[] = [
  ['the header alone, as a native client sends it', { 'x-latchkey': '1' }, true],
  ['no header', {}, false],
  ['another value', { 'x-latchkey': 'true' }, false],
  ['an allowed origin', { 'x-latchkey': '1', origin }, true],
  ['an allowed origin without the header', { origin }, false],
  ['the same origin', { 'x-latchkey': '1', 'sec-fetch-site': 'same-origin', origin }, true],
  ['an allowed sibling', { 'x-latchkey': '1', 'sec-fetch-site': 'same-site', origin }, true],
  ['an allowed Referer and nothing else', { 'x-latchkey': '1', referer: `${origin}/a` }, true],
  ['another Referer and nothing else', { 'x-latchkey': '1', referer: 'https://evil.test/' }, false],
  ['an allowed Referer without the header', { referer: `${origin}/a` }, false],
  ['S24: a sibling', { 'x-latchkey': '1', 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' }, false],
  ['S24: a sibling without an origin', { 'x-latchkey': '1', 'sec-fetch-site': 'same-site' }, false],
  ['another site', { 'x-latchkey': '1', 'sec-fetch-site': 'cross-site' }, false],
  ['another site under an allowed origin', { 'x-latchkey': '1', 'sec-fetch-site': 'cross-site', origin }, false],
  ['S29: the origin null', { 'x-latchkey': '1', origin: 'null' }, false],
  ['S29: an origin that begins like an allowed one', { 'x-latchkey': '1', origin: `${origin}.evil.test` }, false],
  ['an allowed host on another port', { 'x-latchkey': '1', origin: `${origin}:444` }, false],
]

const may = matrix.filter(([, , allowed]) => allowed)
const mayNot = matrix.filter(([, , allowed]) => !allowed)

const openWith = async (headers: Readonly<Record<string, string>>) => {
  const setting = openSetting()
  const token = tokenOf(await register(setting))
  const send = (path: string) =>
    setting.send('POST', path, { headers: { ...headers, cookie: `__Host-latchkey=${token}` } })
  return { setting, token, send }
}

test.each(may)('B9: the cookie works for %s', async (_name, headers) => {
  const { send } = await openWith(headers)
  expect((await send('/auth/refresh')).status).toBe(200)
  expect((await send('/auth/logout')).status).toBe(204)
})

test.each(mayNot)('B9: the cookie does nothing for %s, and nothing is spent', async (_name, headers) => {
  const { setting, token, send } = await openWith(headers)
  for (const path of ['/auth/refresh', '/auth/logout']) {
    expect(await send(path)).toMatchObject({ status: 403, body: { code: 'csrf' }, cookie: { act: 'leave' } })
  }
  expect(await refresh(setting, token)).toMatchObject({ status: 200, body: { gen: 1 } })
})

test.each(['*', 'null', 'app.example.com', 'https://app.example.com/', 'https://*.example.com/x', ''])(
  'B11: %j is no exact origin, and told so at the start',
  (wrong) => {
    const make = () => createEngine({ store: createMemoryStore(), passwords: clearPasswords, allowedOrigins: [wrong] })
    expect(make).toThrow(/allowedOrigins/)
  },
)
