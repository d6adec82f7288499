import { describe, expect, it } from 'vitest'
import { fields, latchkey, text } from '../src/index.js'

const profile = latchkey()
const grant = { access_token: 'a', token_type: 'Bearer', expires_in: 60, user: { id: '1' }, sid: 's', gen: 1 }
const none = new Headers()

describe('F58 F36 only the server’s own words, said with 401, refuse a refresh', () => {
  it.each([
    ['no_session', 'no-session'],
    ['invalid_grant', 'expired'],
    ['session_expired', 'expired'],
    ['session_revoked', 'revoked'],
  ])('%s: %s', (code, reason) => {
    expect(profile.isRefused(401, { code })).toBe(reason)
    for (const status of [200, 400, 403, 409, 429, 500]) expect(profile.isRefused(status, { code })).toBe(false)
  })
  it.each([
    'invalid_token',
    'csrf',
    '',
    'constructor',
    'toString',
    '__proto__',
    'hasOwnProperty',
    ['no_session'],
    { toString: 1 },
    null,
    401,
    undefined,
  ])('a code of %j is no refusal', (code) => expect(profile.isRefused(401, { code })).toBe(false))
  it.each([undefined, null, 'no_session', 7, ['no_session'], []])('a body of %j is no refusal', (body) => {
    expect(profile.isRefused(401, body)).toBe(false)
  })
})

describe('F12 a grant is read field by field', () => {
  it('as it is', () => {
    expect(profile.readGrant(grant, none)).toEqual({ accessToken: 'a', expiresIn: 60, user: { id: '1' }, sid: 's' })
  })
  it('what else it holds is ignored, a refresh token in a cookie profile’s body first of all (C2)', () => {
    const read = profile.readGrant({ ...grant, refresh_token: 'canary', role: 'admin' }, none)
    expect(JSON.stringify(read)).not.toMatch(/canary|admin/)
  })
  it.each(['access_token', 'sid'] as const)('%s has to be a non-empty text', (name) => {
    for (const value of [undefined, null, '', 7, {}, ['x']])
      expect(() => profile.readGrant({ ...grant, [name]: value }, none)).toThrow(TypeError)
  })
  it('an expires_in that is no number is none', () => {
    expect(profile.readGrant({ ...grant, expires_in: '60' }, none).expiresIn).toBeUndefined()
  })
  it.each([undefined, null, 'a', 7, []])('a body of %j is no grant', (body) => {
    expect(() => profile.readGrant(body, none)).toThrow(TypeError)
  })
  it('a cookie-only profile takes no token from a grant, and needs none (C2)', () => {
    const cookieOnly = latchkey({ transport: 'cookie-only' })
    expect(cookieOnly).toMatchObject({ bearer: 'cookie', refreshToken: 'cookie' })
    const read = cookieOnly.readGrant({ ...grant, access_token: 'canary', refresh_token: 'canary' }, none)
    expect(read).toEqual({ accessToken: null, expiresIn: 60, user: { id: '1' }, sid: 's' })
    for (const call of [cookieOnly.me?.(), cookieOnly.refresh(), cookieOnly.login({})])
      expect(call?.headers).toEqual({ 'X-Latchkey': '1' })
  })
  it('a body profile needs its refresh token', () => {
    expect(latchkey({ transport: 'body' })).toMatchObject({ bearer: 'header', refreshToken: 'body' })
    const body = latchkey({ refreshToken: 'body' })
    expect(body.readGrant({ ...grant, refresh_token: 'r' }, none).refreshToken).toBe('r')
    expect(() => body.readGrant(grant, none)).toThrow(/refresh_token/)
  })
  it('J2: a refresh that brings none leaves the one that was shown', () => {
    const body = latchkey({ refreshToken: 'body' })
    expect(body.readGrant(grant, none, 'shown').refreshToken).toBeUndefined()
    expect(body.readGrant({ ...grant, refresh_token: 'next' }, none, 'shown').refreshToken).toBe('next')
    expect(() => body.readGrant({ ...grant, refresh_token: 1 }, none, 'shown')).toThrow(/refresh_token/)
  })
})

describe('F12 a second factor is asked for by mfa_required alone', () => {
  it.each([
    {},
    null,
    { mfa_required: 'true', challenge: 'c' },
    { mfa_required: 1, challenge: 'c' },
    { challenge: 'c' },
  ])('%j: no', (body) => {
    expect(profile.readMfa?.(body)).toBeNull()
  })
  it('true: with its challenge, and methods where they are a list', () => {
    expect(profile.readMfa?.({ mfa_required: true, challenge: 'c', methods: ['totp'] })).toEqual({
      challenge: 'c',
      methods: ['totp'],
    })
    expect(profile.readMfa?.({ mfa_required: true, challenge: 'c', methods: 'totp' })).toEqual({
      challenge: 'c',
      methods: [],
    })
    expect(() => profile.readMfa?.({ mfa_required: true })).toThrow(/challenge/)
  })
})

describe('F12 a user has an id', () => {
  it.each([undefined, null, 'ada', [], {}, { id: 7 }, { id: '' }])('%j is none', (body) => {
    expect(() => profile.readUser(body)).toThrow(/user\.id/)
  })
})

describe('F12 F36 a problem', () => {
  it.each<[unknown, object]>([
    [
      { code: 'c', detail: 'd', title: 't' },
      { code: 'c', message: 'd' },
    ],
    [{ title: 't' }, { message: 't' }],
    [{ code: 7, detail: {}, title: [] }, {}],
    [null, {}],
    [{ errors: { email: 'Taken.' } }, { fieldErrors: { email: 'Taken.' } }],
    [{ errors: { email: ['Taken.'], name: { a: 1 }, age: 'Too low.' } }, { fieldErrors: { age: 'Too low.' } }],
    [{ errors: 'Taken.' }, { fieldErrors: {} }],
    [{ errors: null }, { fieldErrors: {} }],
  ])('%j is read as %j', (body, problem) => {
    expect(profile.readProblem?.(422, body)).toEqual(problem)
  })
})

describe('C3 C4 the header that proves no cross-site form', () => {
  it('goes with every call that acts on the cookie', () => {
    const calls = [
      profile.login({}),
      profile.register?.({}),
      profile.verifyMfa?.({ challenge: 'c', code: '1' }),
      profile.refresh(),
      profile.acknowledge?.(),
      profile.logout?.({ everywhere: false }),
      profile.logout?.({ everywhere: true }),
    ]
    expect(calls.map((call) => call?.headers?.['X-Latchkey'])).toEqual(calls.map(() => '1'))
    expect(calls.map((call) => call?.path)).toEqual([
      'auth/login',
      'auth/register',
      'auth/mfa/verify',
      'auth/refresh',
      'auth/refresh/ack',
      'auth/logout',
      'auth/logout-all',
    ])
  })
  it('F40 no call puts a token into its URL', () => {
    const body = latchkey({ refreshToken: 'body' })
    for (const call of [body.refresh('canary'), body.logout?.({ everywhere: false, refreshToken: 'canary' })]) {
      expect(call?.path).not.toContain('canary')
      expect(call?.query).toBeUndefined()
      expect(call?.json).toEqual({ refresh_token: 'canary' })
    }
    expect(profile.refresh('canary').json).toBeUndefined()
  })
})

it('fields and text read what is there, and say what is not', () => {
  expect(fields(null)).toEqual({})
  expect(fields('x')).toEqual({})
  expect(fields({ a: 1 })).toEqual({ a: 1 })
  expect(text('x', 'it')).toBe('x')
  expect(() => text(undefined, 'it')).toThrow(new TypeError('it is missing or not a text'))
})
