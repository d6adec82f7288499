// Backends whose bearer is a cookie, and those that hand out one token and no other; the sources are named at each.
import { describe, expect, it } from 'vitest'
import {
  betterAuth,
  directus,
  djRestAuth,
  fastapiUsers,
  payload,
  sanctumSpa,
  sanctumToken,
  springCookie,
  strapi,
  supertokens,
} from '../../src/profiles/index.js'
import { json } from '../backend.js'
import { open } from './recorded.js'
import { profileLaws } from './profile-laws.js'
import type { Recording, Tokens } from './recording.js'
import { signedIn } from './signed-in.js'

const credentials = { email: 'ada@example.com', password: 'correct horse battery' }
const ada = { id: 1, name: 'Ada', email: 'ada@example.com' }
/** The moment at which every recording begins. */
const epoch = 1_700_000_000
const iso = (seconds: number): string => new Date((epoch + seconds) * 1000).toISOString()
const noContent = (): Response => new Response(null, { status: 204 })

// laravel.com/docs/sanctum#spa-authentication; laravel/breeze stubs/api; laravel/framework VerifyCsrfToken.php
const wrongHere = {
  message: 'These credentials do not match our records.',
  errors: { email: ['These credentials do not match our records.'] },
}
const spa: Recording = {
  profile: sanctumSpa({ cookies: () => 'theme=dark; XSRF-TOKEN=eyJpdiI6In%3D%3D' }),
  credentials,
  register: {
    call: 'POST /register',
    input: credentials,
    body: credentials,
    status: 201,
    answer: undefined,
    signsIn: true,
  },
  login: { call: 'POST /login', body: credentials, headers: { 'x-xsrf-token': 'eyJpdiI6In==' }, answer: noContent },
  wrong: [422, wrongHere],
  refresh: {
    sends: () => ({ call: 'GET /api/user', body: undefined, authorization: null }),
    answer: () => ada,
    refused: [401, { message: 'Unauthenticated.' }],
  },
  logout: () => ({ call: 'POST /logout', headers: { 'x-xsrf-token': 'eyJpdiI6In==' } }),
  me: { call: 'GET /api/user', answer: ada },
  user: ada,
  claims: null,
  lifetime: Infinity,
}
profileLaws(spa)
describe('sanctum-spa', () => {
  const mismatch = (): Response => json({ message: 'CSRF token mismatch.' }, 419)
  it('sanctum-spa: without the cookie it is fetched first, and a mismatch fetches it anew, once', async () => {
    let cookie = ''
    const { auth, answer, sent } = open({ ...spa, profile: sanctumSpa({ cookies: () => cookie }) })
    answer('GET /sanctum/csrf-cookie', () => {
      cookie = 'XSRF-TOKEN=fresh'
      return noContent()
    })
    answer('POST /login', () =>
      sent.filter(({ call }) => call === 'POST /login').length === 1 ? mismatch() : noContent(),
    )
    await auth.login(credentials)
    expect(sent.map(({ call, headers }) => [call, headers['x-xsrf-token']])).toEqual([
      ['GET /sanctum/csrf-cookie', undefined],
      ['POST /login', 'fresh'],
      ['GET /sanctum/csrf-cookie', 'fresh'],
      ['POST /login', 'fresh'],
      ['GET /api/user', 'fresh'],
    ])
  })
  it('sanctum-spa: a page that cannot read the cookie is told that its set-up is wrong', async () => {
    const { auth, answer } = open({ ...spa, profile: sanctumSpa({ cookies: () => '' }) })
    answer('GET /sanctum/csrf-cookie', noContent)
    answer('POST /login', mismatch)
    await expect(auth.login(credentials)).rejects.toMatchObject({ code: 'misconfigured', status: 419 })
  })
  it('sanctum-spa: an API’s 419 is a session that is looked up, and the request repeated once', async () => {
    const opened = await signedIn(spa)
    let first = true
    opened.answer('GET /projects', () => {
      const reply = first ? mismatch() : json({})
      first = false
      return reply
    })
    expect((await opened.auth.fetch('https://api.test/projects')).status).toBe(200)
    expect(opened.callsOf('GET /api/user')).toHaveLength(2)
    opened.answer('GET /projects', mismatch)
    opened.answer('GET /api/user', () => json({ message: 'Unauthenticated.' }, 401))
    await opened.auth.fetch('https://api.test/projects')
    expect(opened.auth.$session.get()).toMatchObject({ status: 'unauthenticated', reason: 'expired' })
  })
  it('sanctum-spa: Fortify’s second factor is asked for, and its code completes the login', async () => {
    const { auth, answer, callsOf } = open(spa)
    answer('POST /login', () => json({ two_factor: true }))
    answer('POST /two-factor-challenge', noContent)
    expect(await auth.login(credentials)).toMatchObject({ status: 'mfa-required', methods: ['totp'] })
    expect(await auth.verifyMfa({ challenge: 'session', code: '123456' })).toMatchObject({ status: 'authenticated' })
    expect(callsOf('POST /two-factor-challenge')[0]?.body).toEqual({ code: '123456' })
  })
  it('sanctum-spa: Laravel’s texts are Latchkey’s codes', () => {
    const { readProblem } = sanctumSpa()
    const said = (errors: object) => readProblem?.(422, { message: 'The given data was invalid.', errors })?.code
    expect(said({ email: ['The email has already been taken.'] })).toBe('email_taken')
    expect(said({ password: ['The password must be at least 8 characters.'] })).toBe('weak_password')
    expect(said({ code: ['The provided two factor authentication code was invalid.'] })).toBe('mfa_invalid')
    expect(said({ email: ['The email field is required.'] })).toBeUndefined()
  })
})

// laravel.com/docs/sanctum#mobile-application-authentication: the route that the docs have one write
const plainText = (): Response =>
  new Response(`7|${'a'.repeat(48)}`, { headers: { 'Content-Type': 'text/html; charset=UTF-8' } })
describe('sanctum-token', () => {
  const token: Recording = {
    profile: sanctumToken({ logout: 'sanctum/token' }),
    credentials,
    login: {
      call: 'POST /sanctum/token',
      body: { ...credentials, device_name: 'browser' },
      answer: ({ access }) => ({ token: access }),
    },
    wrong: [
      422,
      {
        message: 'The provided credentials are incorrect.',
        errors: { email: ['The provided credentials are incorrect.'] },
      },
    ],
    refresh: null,
    logout: ({ access }) => ({ call: 'DELETE /sanctum/token', authorization: `Bearer ${access}` }),
    me: { call: 'GET /api/user', answer: ada },
    user: ada,
    claims: null,
    lifetime: Infinity,
  }
  profileLaws(token)
  it('sanctum-token: the plain text of the answer is the token, and any other text is none', async () => {
    const { auth, answer, callsOf } = open(token)
    answer('POST /sanctum/token', plainText)
    await auth.login(credentials)
    expect(callsOf('GET /api/user')[0]?.authorization).toBe(`Bearer 7|${'a'.repeat(48)}`)
    answer(
      'POST /sanctum/token',
      () => new Response('Service unavailable', { headers: { 'Content-Type': 'text/plain' } }),
    )
    await expect(auth.login(credentials)).rejects.toMatchObject({ code: 'unreachable' })
  })
})

// bezkoder/spring-security-refresh-token, controllers/AuthController.java, advice/TokenControllerAdvice.java
const springUser = { id: 1, username: 'ada', email: 'ada@example.com', roles: ['ROLE_USER'] }
const named = { username: 'ada', password: credentials.password }
profileLaws({
  profile: springCookie({ me: 'api/users/me', lifetime: 3600 }),
  credentials: named,
  register: {
    call: 'POST /api/auth/signup',
    input: named,
    body: named,
    status: 200,
    answer: { message: 'User registered successfully!' },
  },
  login: { call: 'POST /api/auth/signin', body: named, answer: () => springUser },
  wrong: [401, { path: '/api/auth/signin', error: 'Unauthorized', message: 'Bad credentials', status: 401 }],
  refresh: {
    sends: () => ({ call: 'POST /api/auth/refreshtoken', body: undefined, authorization: null }),
    answer: () => ({ message: 'Token is refreshed successfully!' }),
    refused: [403, { statusCode: 403, message: 'Failed for [x]: Refresh token is not in database!' }],
  },
  logout: () => ({ call: 'POST /api/auth/signout' }),
  me: { call: 'GET /api/users/me', answer: springUser },
  user: springUser,
  claims: null,
  lifetime: 3600,
})
it('spring-cookie: who has no cookie is told so by a 400', () => {
  expect(springCookie({ me: 'x' }).isRefused(400, { message: 'Refresh Token is empty!' })).toBe('no-session')
  expect(springCookie({ me: 'x' }).isRefused(400, { message: 'Error: Username is already taken!' })).toBe(false)
})

// better-auth 1.6.34, api/routes/{sign-in,sign-up,session}.mjs, plugins/two-factor; e2e/backends/better-auth.test.ts runs it
const betterUser = { id: 'u1', email: 'ada@example.com', name: 'Ada', emailVerified: false }
const weekLong = { expiresAt: iso(604_800), token: 's', userId: 'u1' }
const better: Recording = {
  profile: betterAuth(),
  credentials,
  register: {
    call: 'POST /api/auth/sign-up/email',
    input: { ...credentials, name: 'Ada' },
    body: { ...credentials, name: 'Ada' },
    status: 200,
    answer: { token: 's', user: betterUser },
    signsIn: true,
  },
  login: {
    call: 'POST /api/auth/sign-in/email',
    body: credentials,
    answer: () => ({ redirect: false, token: 's', user: betterUser }),
  },
  wrong: [401, { code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Invalid email or password' }],
  refresh: {
    sends: () => ({ call: 'GET /api/auth/get-session', body: undefined, authorization: null }),
    answer: () => ({ session: weekLong, user: betterUser }),
    refused: [200, null],
  },
  logout: () => ({ call: 'POST /api/auth/sign-out', body: {} }),
  user: betterUser,
  claims: null,
  lifetime: Infinity,
}
profileLaws(better)
profileLaws({
  ...better,
  profile: { ...betterAuth({ bearer: 'header' }), name: 'better-auth, bearer' },
  login: { ...better.login, answerHeaders: ({ access }) => ({ 'set-auth-token': access }) },
  refresh: {
    sends: ({ access }) => ({ call: 'GET /api/auth/get-session', authorization: `Bearer ${access}` }),
    answer: () => ({ session: weekLong, user: betterUser }),
    answerHeaders: ({ access }) => ({ 'set-auth-token': access }),
    refused: [200, null],
  },
  logout: ({ access }) => ({ call: 'POST /api/auth/sign-out', authorization: `Bearer ${access}`, body: {} }),
})
describe('better-auth', () => {
  it('better-auth: signing up where the address has to be verified first signs nobody in', async () => {
    const { auth, answer } = open(better)
    answer('POST /api/auth/sign-up/email', () => json({ token: null, user: betterUser }))
    expect(await auth.register(credentials)).toEqual({ status: 'registered' })
  })
  it('better-auth: a second factor is asked for, and its code completes the login', async () => {
    const { auth, answer, callsOf } = open(better)
    answer('POST /api/auth/sign-in/email', () => json({ twoFactorRedirect: true, twoFactorMethods: ['totp', 'otp'] }))
    answer('POST /api/auth/two-factor/verify-totp', () => json({ token: 's', user: betterUser }))
    expect(await auth.login(credentials)).toMatchObject({ status: 'mfa-required', methods: ['totp', 'otp'] })
    await auth.verifyMfa({ challenge: 'cookie', code: '123456' })
    expect(auth.$session.get()).toMatchObject({ status: 'authenticated', user: betterUser })
    expect(callsOf('POST /api/auth/two-factor/verify-totp')[0]?.body).toEqual({ code: '123456' })
  })
  it('better-auth: the ISO moment of the session’s end is its lifetime, by the answer’s own Date', async () => {
    const { auth, clock } = open(better)
    await auth.restore()
    expect(auth.$session.get()).toMatchObject({ expiresAt: clock.now() + 604_800_000 })
  })
})

// supertokens/supertokens-node lib/ts/recipe/session/{cookieAndHeaders,utils}.ts, recipe/emailpassword/api
const front = (more: object = {}): string =>
  Buffer.from(
    JSON.stringify({ uid: 'u1', ate: (epoch + 3600) * 1000, up: { sub: 'u1', 'st-role': { v: ['user'] } }, ...more }),
  ).toString('base64')
const form = [
  { id: 'email', value: credentials.email },
  { id: 'password', value: credentials.password },
]
const superUser = { id: 'u1', payload: { sub: 'u1', 'st-role': { v: ['user'] } } }
const ok = () => ({ status: 'OK', user: { id: 'u1', emails: [credentials.email] } })
const cookieHeaders = { rid: 'anti-csrf', 'st-auth-mode': 'cookie' }
const superCookie: Recording = {
  profile: supertokens(),
  credentials,
  login: {
    call: 'POST /auth/signin',
    body: { formFields: form },
    headers: cookieHeaders,
    answer: ok,
    answerHeaders: () => ({ 'front-token': front() }),
  },
  wrong: [200, { status: 'WRONG_CREDENTIALS_ERROR' }],
  refresh: {
    sends: () => ({ call: 'POST /auth/session/refresh', headers: cookieHeaders, authorization: null }),
    answer: () => ({}),
    answerHeaders: () => ({ 'front-token': front() }),
    refused: [401, { message: 'unauthorised' }],
  },
  logout: () => ({ call: 'POST /auth/signout', headers: cookieHeaders }),
  user: superUser,
  claims: null,
  lifetime: 3600,
}
profileLaws(superCookie)
const tokenHeaders = ({ access, refresh }: Tokens) => ({
  'front-token': front(),
  'st-access-token': access,
  'st-refresh-token': refresh,
})
profileLaws({
  ...superCookie,
  profile: { ...supertokens({ bearer: 'header' }), name: 'supertokens, header' },
  login: { ...superCookie.login, headers: { 'st-auth-mode': 'header' }, answerHeaders: tokenHeaders },
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /auth/session/refresh', authorization: `Bearer ${refresh}` }),
    answer: () => ({}),
    answerHeaders: tokenHeaders,
    refused: [401, { message: 'token theft detected' }],
  },
  logout: ({ access }) => ({ call: 'POST /auth/signout', authorization: `Bearer ${access}` }),
})
describe('supertokens', () => {
  it('supertokens: a 200 of field errors is a 422, and a taken address is email_taken', async () => {
    const { auth, answer } = open(superCookie)
    const formFields = [{ id: 'email', error: 'This email already exists. Please sign in instead.' }]
    answer('POST /auth/signup', () => json({ status: 'FIELD_ERROR', formFields }))
    await expect(auth.register(credentials)).rejects.toMatchObject({ code: 'email_taken', status: 422 })
  })
})

// iMerica/dj-rest-auth jwt_auth.py, views.py: JWT_AUTH_COOKIE with JWT_AUTH_COOKIE_USE_CSRF, and the authtoken mode
const djCookie: Recording = {
  profile: { ...djRestAuth({ bearer: 'cookie', cookies: () => 'csrftoken=c1' }), name: 'dj-rest-auth, cookies' },
  credentials,
  login: {
    call: 'POST /dj-rest-auth/login/',
    body: credentials,
    headers: { 'x-csrftoken': 'c1' },
    answer: () => ({ access: '', refresh: '', user: ada, access_expiration: iso(300) }),
  },
  wrong: [400, { non_field_errors: ['Unable to log in with provided credentials.'] }],
  refresh: {
    sends: () => ({ call: 'POST /dj-rest-auth/token/refresh/', body: {}, headers: { 'x-csrftoken': 'c1' } }),
    answer: () => ({ access: '', access_expiration: iso(300) }),
    refused: [401, { detail: 'No valid refresh token found.', code: 'token_not_valid' }],
  },
  logout: () => ({ call: 'POST /dj-rest-auth/logout/', body: {} }),
  me: { call: 'GET /dj-rest-auth/user/', answer: ada },
  user: ada,
  claims: null,
  lifetime: Infinity,
}
profileLaws({ ...djCookie, login: { ...djCookie.login, answer: () => ({ access: '', refresh: '', user: ada }) } })
it('dj-rest-auth, cookies: a CSRF failure fetches the cookie where a route is named, and the call is repeated', async () => {
  let cookie = 'csrftoken=stale'
  const { auth, answer, sent } = open({
    ...djCookie,
    profile: djRestAuth({ bearer: 'cookie', csrf: 'csrf/', cookies: () => cookie }),
  })
  answer('GET /csrf/', () => {
    cookie = 'csrftoken=fresh'
    return noContent()
  })
  answer('POST /dj-rest-auth/login/', () =>
    sent.at(-1)?.headers['x-csrftoken'] === 'fresh'
      ? json({ user: ada })
      : json({ detail: 'CSRF Failed: CSRF token missing or incorrect.' }, 403),
  )
  await auth.login(credentials)
  expect(sent.map(({ call }) => call)).toEqual(['POST /dj-rest-auth/login/', 'GET /csrf/', 'POST /dj-rest-auth/login/'])
})
profileLaws({
  ...djCookie,
  profile: { ...djRestAuth({ refreshToken: 'none' }), name: 'dj-rest-auth, token' },
  scheme: 'Token',
  login: { call: 'POST /dj-rest-auth/login/', body: credentials, answer: ({ access }) => ({ key: access }) },
  refresh: null,
  logout: ({ access }) => ({ call: 'POST /dj-rest-auth/logout/', body: {}, authorization: `Token ${access}` }),
})

// fastapi-users 13, docs/configuration/authentication/transports/cookie.md
profileLaws({
  profile: { ...fastapiUsers({ bearer: 'cookie', backend: 'cookie', lifetime: 3600 }), name: 'fastapi-users, cookie' },
  credentials,
  login: {
    call: 'POST /auth/cookie/login',
    body: { grant_type: 'password', username: credentials.email, password: credentials.password },
    answer: noContent,
  },
  wrong: [400, { detail: 'LOGIN_BAD_CREDENTIALS' }],
  refresh: null,
  logout: () => ({ call: 'POST /auth/cookie/logout' }),
  me: { call: 'GET /users/me', answer: ada },
  user: ada,
  claims: null,
  lifetime: 3600,
})

// directus/directus api/src/controllers/auth.ts, mode `session`
const problem = (code: string) => ({ errors: [{ message: 'No.', extensions: { code } }] })
profileLaws({
  profile: { ...directus({ refreshToken: 'session' }), name: 'directus, session' },
  credentials,
  login: {
    call: 'POST /auth/login',
    body: { ...credentials, mode: 'session' },
    answer: () => ({ data: { expires: 900_000 } }),
  },
  wrong: [401, problem('INVALID_CREDENTIALS')],
  refresh: {
    sends: () => ({ call: 'POST /auth/refresh', body: { mode: 'session' } }),
    answer: () => ({ data: { expires: 900_000 } }),
    refused: [401, problem('INVALID_CREDENTIALS')],
  },
  logout: () => ({ call: 'POST /auth/logout', body: { mode: 'session' } }),
  me: { call: 'GET /users/me', answer: { data: ada } },
  user: ada,
  claims: null,
  lifetime: 900,
})

// payloadcms/payload 3, docs/authentication/cookies.mdx, with removeTokenFromResponses
profileLaws({
  profile: { ...payload({ bearer: 'cookie' }), name: 'payload, cookie' },
  credentials,
  login: {
    call: 'POST /api/users/login',
    body: credentials,
    answer: () => ({ message: 'Authentication Passed', user: ada, exp: epoch + 7200 }),
    answerHeaders: () => ({}),
  },
  wrong: [401, { errors: [{ message: 'The email or password provided is incorrect.' }] }],
  refresh: {
    sends: () => ({ call: 'POST /api/users/refresh-token', authorization: null }),
    answer: () => ({ message: 'Token refresh successful', user: ada, exp: epoch + 7200 }),
    refused: [403, { errors: [{ message: 'You are not allowed to perform this action.' }] }],
  },
  logout: () => ({ call: 'POST /api/users/logout' }),
  me: { call: 'GET /api/users/me', answer: { user: ada, exp: 1 } },
  user: ada,
  claims: null,
  lifetime: 7200,
})

// strapi/strapi 5 without jwtManagement, and 4
profileLaws({
  profile: { ...strapi({ refreshToken: 'none' }), name: 'strapi, no refresh' },
  credentials,
  login: {
    call: 'POST /api/auth/local',
    body: { identifier: credentials.email, password: credentials.password },
    answer: ({ access }) => ({ jwt: access, user: ada }),
  },
  wrong: [
    400,
    { data: null, error: { status: 400, name: 'ValidationError', message: 'Invalid identifier or password' } },
  ],
  refresh: null,
  logout: ({ access }) => ({ call: 'POST /api/auth/logout', authorization: `Bearer ${access}` }),
  me: { call: 'GET /api/users/me', answer: ada },
  user: ada,
  claims: { id: 1 },
  lifetime: 2_592_000,
})
