// The FastAPI family; recorded from examples/backends/fastapi, which e2e/backends/fastapi.test.ts runs.
import { describe, expect, it } from 'vitest'
import {
  fastapiCookie,
  fastapiCookieOnly,
  fastapiEnvelope,
  fastapiForm,
  fastapiQuery,
  fastapiTemplate,
  fastapiUsers,
} from '../../src/profiles/index.js'
import { profileLaws } from './profile-laws.js'
import type { Tokens } from './recording.js'

const credentials = { email: 'ada@example.com', password: 'correct horse battery' }
const form = { grant_type: 'password', username: credentials.email, password: credentials.password }
const ada = { id: 1, email: 'ada@example.com', role: 'user' }
const bearerOnly = ({ access }: Tokens) => ({ access_token: access, token_type: 'bearer' })
const detail = (status: number, text: string) => [status, { detail: text }] as const

profileLaws({
  profile: fastapiCookie(),
  credentials,
  register: { call: 'POST /auth/register', input: credentials, body: credentials, status: 200, answer: ada },
  login: { call: 'POST /auth/login', body: credentials, answer: bearerOnly },
  wrong: detail(401, 'Incorrect email or password'),
  refresh: {
    sends: () => ({ call: 'POST /auth/refresh', body: undefined, authorization: null }),
    answer: bearerOnly,
    refused: detail(401, 'Invalid refresh token'),
  },
  logout: () => ({ call: 'POST /auth/logout' }),
  me: { call: 'GET /auth/me', answer: ada },
  user: ada,
  claims: { sub: '1', role: 'user', type: 'access', iat: undefined },
  lifetime: 900,
})

const enveloped = (tokens: Tokens | null) => ({
  statusCode: 200,
  body: {
    user_id: 7,
    email: 'ada@example.com',
    display_name: 'Ada',
    role: 'user',
    ...(tokens && {
      access_token: tokens.access,
      refresh_token: 'refresh-1',
      token_type: 'bearer',
      expires_in: 1800,
    }),
  },
})
profileLaws({
  profile: fastapiEnvelope(),
  credentials,
  login: { call: 'POST /auth/login', body: credentials, answer: enveloped },
  wrong: detail(401, 'Invalid email or password'),
  refresh: {
    sends: () => ({ call: 'POST /auth/refresh', body: { refresh_token: 'refresh-1' } }),
    answer: enveloped,
    plain: (tokens) => ({ body: { access_token: tokens.access, expires_in: 1800 } }),
    refused: detail(401, 'Invalid refresh token'),
  },
  logout: null,
  me: { call: 'GET /auth/me', answer: enveloped(null) },
  user: { user_id: 7, email: 'ada@example.com', display_name: 'Ada', role: 'user' },
  claims: { user_id: 7, email: 'ada@example.com', token_type: 'access' },
  lifetime: 1800,
})

const pair = ({ access, refresh }: Tokens) => ({ ...bearerOnly({ access, refresh }), refresh_token: refresh })
profileLaws({
  profile: fastapiQuery(),
  credentials,
  register: {
    call: 'POST /auth/register',
    input: credentials,
    body: credentials,
    status: 200,
    answer: { id: 1, email: 'ada@example.com' },
  },
  login: { call: 'POST /auth/login', body: credentials, answer: pair },
  wrong: detail(401, 'Invalid credentials'),
  refresh: {
    sends: ({ refresh }) => ({ call: `POST /auth/refresh?token=${refresh}`, body: undefined }),
    answer: pair,
    plain: bearerOnly,
    refused: detail(401, 'Invalid refresh token'),
  },
  logout: null,
  user: { email: 'ada@example.com' },
  claims: { sub: 'ada@example.com', iat: undefined },
  lifetime: 900,
})

profileLaws({
  profile: fastapiForm(),
  credentials,
  login: { call: 'POST /auth/token', body: form, answer: bearerOnly },
  wrong: detail(401, 'Incorrect username or password'),
  refresh: {
    sends: () => ({ call: 'POST /auth/refresh', body: undefined }),
    answer: bearerOnly,
    refused: detail(401, 'Could not validate credentials'),
  },
  logout: () => ({ call: 'POST /auth/logout' }),
  me: { call: 'GET /users/me', answer: ada },
  user: ada,
  claims: { sub: 'ada@example.com', iat: undefined },
  lifetime: 900,
})

profileLaws({
  profile: fastapiCookieOnly(),
  credentials,
  register: { call: 'POST /auth/register', input: credentials, body: credentials, status: 201, answer: ada },
  login: { call: 'POST /auth/login', body: credentials, answer: () => ({ message: 'Logged in' }) },
  wrong: detail(401, 'Incorrect email or password'),
  refresh: {
    sends: () => ({ call: 'POST /auth/refresh', body: undefined, authorization: null }),
    answer: () => ({ message: 'Token refreshed' }),
    refused: [
      422,
      { detail: [{ loc: ['cookie', 'refresh_token'], msg: 'field required', type: 'value_error.missing' }] },
    ],
  },
  logout: () => ({ call: 'POST /auth/logout' }),
  me: { call: 'GET /users/me', answer: ada },
  user: ada,
  claims: null,
  lifetime: 900,
})

// fastapi-users 13, docs/usage/routes.md
profileLaws({
  profile: fastapiUsers(),
  credentials,
  login: { call: 'POST /auth/jwt/login', body: form, answer: bearerOnly },
  wrong: detail(400, 'LOGIN_BAD_CREDENTIALS'),
  refresh: null,
  logout: ({ access }) => ({ call: 'POST /auth/jwt/logout', authorization: `Bearer ${access}` }),
  me: { call: 'GET /users/me', answer: { ...ada, id: '0d1f' } },
  user: { id: '0d1f', email: 'ada@example.com' },
  claims: { sub: '0d1f', aud: ['fastapi-users:auth'], iat: undefined },
  lifetime: 3600,
})

// full-stack-fastapi-template, backend/app/api/routes/login.py
profileLaws({
  profile: fastapiTemplate(),
  credentials,
  login: { call: 'POST /api/v1/login/access-token', body: form, answer: bearerOnly },
  wrong: detail(400, 'Incorrect email or password'),
  refresh: null,
  logout: null,
  me: { call: 'GET /api/v1/users/me', answer: ada },
  user: ada,
  claims: { sub: '1', iat: undefined },
  lifetime: 691_200,
})

describe('FastAPI’s `detail` in Latchkey’s words', () => {
  const { readProblem } = fastapiCookie()
  it.each([
    [409, 'Email already registered', 'email_taken'],
    [400, 'Email already registered', 'email_taken'],
    [400, 'Incorrect username or password', 'invalid_credentials'],
    [400, 'Inactive user', undefined],
    [401, 'Incorrect username or password', undefined],
  ])('FastAPI: %i %s is %s', (status, message, code) => {
    expect(readProblem?.(status, { detail: message })).toEqual({ code, message })
  })
  it('FastAPI: a 422 names its fields by their last place', () => {
    const body = { detail: [{ loc: ['body', 'email'], msg: 'value is not a valid email address', type: 'x' }, 7] }
    expect(readProblem?.(422, body)).toEqual({
      message: 'value is not a valid email address',
      fieldErrors: { email: 'value is not a valid email address' },
    })
  })
  it('fastapi-users: a weak password and a taken email have their codes', () => {
    const { readProblem: read } = fastapiUsers()
    expect(read?.(400, { detail: { code: 'REGISTER_INVALID_PASSWORD', reason: 'short' } })).toEqual({
      code: 'weak_password',
    })
    expect(read?.(400, { detail: 'REGISTER_USER_ALREADY_EXISTS' })).toEqual({ code: 'email_taken' })
  })
})
