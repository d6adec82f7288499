// Laravel, Spring, Symfony, Gin, Rails and ASP.NET Core, from the docs and sources that are named at each.
import { describe, expect, it } from 'vitest'
import { aspnetIdentity, deviseJwt, ginJwt, laravelJwt, springJwt, symfonyLexik } from '../../src/profiles/index.js'
import { profileLaws } from './profile-laws.js'
import type { Tokens } from './recording.js'

const credentials = { email: 'ada@example.com', password: 'correct horse battery' }
const named = { username: 'ada', password: credentials.password }
const ada = { id: 1, email: 'ada@example.com' }

// laravel-jwt-auth.readthedocs.io, quick start
const laravelGrant = ({ access }: Tokens) => ({ access_token: access, token_type: 'bearer', expires_in: 3600 })
profileLaws({
  profile: laravelJwt(),
  credentials,
  login: { call: 'POST /api/auth/login', body: credentials, answer: laravelGrant },
  wrong: [401, { error: 'Unauthorized' }],
  refresh: {
    sends: ({ access }) => ({ call: 'POST /api/auth/refresh', body: undefined, authorization: `Bearer ${access}` }),
    answer: laravelGrant,
    refused: [401, { message: 'Token has expired and can no longer be refreshed' }],
  },
  logout: ({ access }) => ({ call: 'POST /api/auth/logout', authorization: `Bearer ${access}` }),
  me: { call: 'POST /api/auth/me', answer: ada },
  user: ada,
  claims: { iss: 'http://localhost/api/auth/login', sub: '1', prv: 'x' },
  lifetime: 3600,
})

// bezkoder/spring-boot-refresh-token-jwt, controllers/AuthController.java
profileLaws({
  profile: springJwt(),
  credentials: named,
  login: {
    call: 'POST /api/auth/signin',
    body: named,
    answer: ({ access, refresh }) => ({
      accessToken: access,
      tokenType: 'Bearer',
      refreshToken: refresh,
      id: 1,
      username: 'ada',
      email: 'ada@example.com',
      roles: ['ROLE_USER'],
    }),
  },
  wrong: [401, { path: '/api/auth/signin', error: 'Unauthorized', message: 'Bad credentials', status: 401 }],
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /api/auth/refreshtoken', body: { refreshToken: refresh } }),
    answer: ({ access, refresh }) => ({ accessToken: access, refreshToken: refresh, tokenType: 'Bearer' }),
    plain: ({ access }) => ({ accessToken: access, tokenType: 'Bearer' }),
    refused: [
      403,
      {
        statusCode: 403,
        message: 'Failed for [x]: Refresh token was expired. Please make a new signin request',
        description: 'uri=/api/auth/refreshtoken',
      },
    ],
  },
  logout: ({ access }) => ({ call: 'POST /api/auth/signout', authorization: `Bearer ${access}` }),
  user: { id: 1, username: 'ada', email: 'ada@example.com', roles: ['ROLE_USER'] },
  claims: { sub: 'ada' },
  lifetime: 3600,
})

// markitosgv/JWTRefreshTokenBundle README; lexik/LexikJWTAuthenticationBundle docs
const symfonyGrant = ({ access, refresh }: Tokens) => ({ token: access, refresh_token: refresh })
profileLaws({
  profile: symfonyLexik(),
  credentials: named,
  login: { call: 'POST /api/login_check', body: named, answer: symfonyGrant },
  wrong: [401, { code: 401, message: 'Invalid credentials.' }],
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /api/token/refresh', body: { refresh_token: refresh } }),
    answer: symfonyGrant,
    plain: ({ access }) => ({ token: access }),
    refused: [401, { code: 401, message: 'Invalid JWT Refresh Token' }],
  },
  logout: ({ refresh }) => ({ call: 'POST /api/token/invalidate', body: { refresh_token: refresh } }),
  user: { username: 'ada', roles: ['ROLE_USER'] },
  claims: { username: 'ada', roles: ['ROLE_USER'] },
  lifetime: 3600,
})

// appleboy/gin-jwt v2, auth_jwt.go
const ginGrant = ({ access }: Tokens) => ({ code: 200, token: access, expire: '2023-11-14T23:13:20Z' })
profileLaws({
  profile: ginJwt(),
  credentials: named,
  login: { call: 'POST /login', body: named, answer: ginGrant },
  wrong: [401, { code: 401, message: 'incorrect Username or Password' }],
  refresh: {
    sends: ({ access }) => ({ call: 'GET /refresh_token', body: undefined, authorization: `Bearer ${access}` }),
    answer: ginGrant,
    refused: [401, { code: 401, message: 'Token is expired' }],
  },
  logout: ({ access }) => ({ call: 'POST /logout', authorization: `Bearer ${access}` }),
  user: { id: 'ada' },
  claims: { id: 'ada', orig_iat: 1_700_000_000, iat: undefined },
  lifetime: 3600,
})

// waiting-for-dev/devise-jwt README
profileLaws({
  profile: deviseJwt({ me: 'api/me' }),
  credentials,
  login: {
    call: 'POST /users/sign_in',
    body: { user: credentials },
    answer: () => ada,
    answerHeaders: ({ access }) => ({ Authorization: `Bearer ${access}` }),
  },
  wrong: [401, { error: 'Invalid Email or password.' }],
  refresh: null,
  logout: ({ access }) => ({ call: 'DELETE /users/sign_out', authorization: `Bearer ${access}` }),
  me: { call: 'GET /api/me', answer: ada },
  user: ada,
  claims: { sub: '1', scp: 'user', jti: 'x' },
  lifetime: 3600,
})

// dotnet/aspnetcore, src/Identity/Core/src/IdentityApiEndpointRouteBuilderExtensions.cs
const aspnetGrant = ({ access, refresh }: Tokens) => ({
  tokenType: 'Bearer',
  accessToken: access,
  expiresIn: 3600,
  refreshToken: refresh,
})
const unauthorized = (detail?: string) =>
  [
    401,
    { type: 'https://tools.ietf.org/html/rfc9110#section-15.5.2', title: 'Unauthorized', status: 401, detail },
  ] as const
profileLaws({
  profile: aspnetIdentity(),
  credentials,
  register: { call: 'POST /register', input: credentials, body: credentials, status: 200, answer: undefined },
  login: { call: 'POST /login', body: credentials, answer: aspnetGrant },
  wrong: unauthorized('Failed'),
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /refresh', body: { refreshToken: refresh } }),
    answer: aspnetGrant,
    refused: unauthorized(),
  },
  logout: null,
  me: { call: 'GET /manage/info', answer: { email: 'ada@example.com', isEmailConfirmed: false } },
  user: { email: 'ada@example.com', isEmailConfirmed: false },
  claims: null,
  lifetime: 3600,
})
describe('aspnet-identity', () => {
  const { readProblem } = aspnetIdentity()
  it('aspnet-identity: a login that lacks the second factor says so', () => {
    expect(readProblem?.(401, { status: 401, detail: 'RequiresTwoFactor' })).toMatchObject({ code: 'mfa_invalid' })
  })
  it('aspnet-identity: a taken name is email_taken', () => {
    const errors = { DuplicateUserName: ["Username 'ada@example.com' is already taken."] }
    expect(readProblem?.(400, { title: 'One or more validation errors occurred.', errors })).toMatchObject({
      code: 'email_taken',
      fieldErrors: { DuplicateUserName: "Username 'ada@example.com' is already taken." },
    })
  })
})
