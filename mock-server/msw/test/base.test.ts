import { matchRequestUrl } from 'msw'
import { expect, test } from 'vitest'
import { readBase } from '../src/base.js'

test.each([
  [undefined, 'https://any.test/auth/sessions/7', '/auth/sessions/7'],
  ['*', 'http://localhost:3000/auth/sessions/7', '/auth/sessions/7'],
  ['/api', 'https://any.test/api/auth/sessions/7', '/auth/sessions/7'],
  ['/api/', 'https://any.test/api/auth/sessions/7', '/auth/sessions/7'],
  ['https://api.test', 'https://api.test/auth/sessions/7?x=1', '/auth/sessions/7'],
  ['https://api.test/v1/', 'https://api.test/v1/auth/sessions/7', '/auth/sessions/7'],
  ['http://localhost:8787', 'http://localhost:8787/auth/sessions/7', '/auth/sessions/7'],
])('with the base %j, %s is the path %s', (baseURL, url, path) => {
  const base = readBase(baseURL)
  expect(matchRequestUrl(new URL(url), base.pattern('/auth/sessions/:id'))).toMatchObject({ matches: true })
  expect(base.pathOf(url, '/auth/sessions/:id')).toBe(path)
})

test.each([
  ['https://api.test', 'https://other.test/auth/me'],
  ['https://api.test', 'http://api.test/auth/me'],
  ['https://api.test/v1', 'https://api.test/auth/me'],
  ['/api', 'https://any.test/auth/me'],
])('with the base %j, %s is somebody else’s', (baseURL, url) => {
  expect(matchRequestUrl(new URL(url), readBase(baseURL).pattern('/auth/me'))).toMatchObject({ matches: false })
})

test.each(['api.test', 'ftp://api.test', 'https://api.test?x=1', 'https://', '*/api', ''])(
  '%j is no base, and the message says what is',
  (baseURL) => {
    expect(() => readBase(baseURL)).toThrow(/baseURL: .* failed.*'\/api'/s)
  },
)
