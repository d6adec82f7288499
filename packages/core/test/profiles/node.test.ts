// Backends on Node, from their docs and sources; the passport-jwt and MERN ones from the tutorials that made them common.
import { describe, expect, it } from 'vitest'
import { directus, mern, nestjs, nestjsBoilerplate, payload, strapi } from '../../src/profiles/index.js'
import { open } from './recorded.js'
import { profileLaws } from './profile-laws.js'
import type { Recording, Tokens } from './recording.js'

const credentials = { email: 'ada@example.com', password: 'correct horse battery' }
const ada = { id: 1, email: 'ada@example.com' }
const unauthorized = [401, { message: 'Unauthorized', statusCode: 401 }] as const

// docs.nestjs.com/security/authentication; the pair as in the jwt-refresh tutorials
profileLaws({
  profile: nestjs(),
  credentials,
  login: {
    call: 'POST /auth/login',
    body: credentials,
    answer: ({ access, refresh }) => ({ accessToken: access, refreshToken: refresh }),
  },
  wrong: unauthorized,
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /auth/refresh', body: undefined, authorization: `Bearer ${refresh}` }),
    answer: ({ access, refresh }) => ({ access_token: access, refresh_token: refresh }),
    plain: ({ access }) => ({ access_token: access }),
    refused: [403, { message: 'Access Denied', error: 'Forbidden', statusCode: 403 }],
  },
  logout: ({ access }) => ({ call: 'POST /auth/logout', authorization: `Bearer ${access}` }),
  me: { call: 'GET /auth/profile', answer: { sub: 1, username: 'ada' } },
  user: { sub: 1, username: 'ada' },
  claims: { sub: 1, username: 'ada' },
  lifetime: 900,
})

// brocoders/nestjs-boilerplate, src/auth/auth.service.ts
profileLaws({
  profile: nestjsBoilerplate(),
  credentials,
  register: {
    call: 'POST /api/v1/auth/email/register',
    input: credentials,
    body: credentials,
    status: 200,
    answer: undefined,
  },
  login: {
    call: 'POST /api/v1/auth/email/login',
    body: credentials,
    answer: ({ access, refresh }) => ({
      token: access,
      refreshToken: refresh,
      tokenExpires: 1_700_000_900_000,
      user: ada,
    }),
  },
  wrong: [422, { status: 422, errors: { password: 'incorrectPassword' } }],
  refresh: {
    sends: ({ refresh }) => ({
      call: 'POST /api/v1/auth/refresh',
      body: undefined,
      authorization: `Bearer ${refresh}`,
    }),
    answer: ({ access, refresh }) => ({ token: access, refreshToken: refresh, tokenExpires: 1_700_000_900_000 }),
    refused: unauthorized,
  },
  logout: ({ access }) => ({ call: 'POST /api/v1/auth/logout', authorization: `Bearer ${access}` }),
  me: { call: 'GET /api/v1/auth/me', answer: ada },
  user: ada,
  claims: { id: 1, sessionId: 3 },
  lifetime: 900,
})

// directus/directus, api/src/controllers/auth.ts; docs.directus.io/reference/authentication
const problem = (code: string) => ({ errors: [{ message: 'Invalid user credentials.', extensions: { code } }] })
const granted = ({ access, refresh }: Tokens) => ({
  data: { access_token: access, expires: 900_000, refresh_token: refresh },
})
const directusBody: Recording = {
  profile: directus({ refreshToken: 'body' }),
  credentials,
  login: { call: 'POST /auth/login', body: { ...credentials, mode: 'json' }, answer: granted },
  wrong: [401, problem('INVALID_CREDENTIALS')],
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /auth/refresh', body: { refresh_token: refresh, mode: 'json' } }),
    answer: granted,
    refused: [401, problem('INVALID_CREDENTIALS')],
  },
  logout: ({ refresh }) => ({ call: 'POST /auth/logout', body: { refresh_token: refresh, mode: 'json' } }),
  me: { call: 'GET /users/me', answer: { data: ada } },
  user: ada,
  claims: { id: 'ada', role: 'r' },
  lifetime: 900,
}
profileLaws({ ...directusBody, profile: { ...directusBody.profile, name: 'directus, body' } })
profileLaws({
  ...directusBody,
  profile: directus(),
  login: {
    call: 'POST /auth/login',
    body: { ...credentials, mode: 'cookie' },
    answer: ({ access }) => ({ data: { access_token: access, expires: 900_000 } }),
  },
  refresh: {
    sends: () => ({ call: 'POST /auth/refresh', body: { mode: 'cookie' } }),
    answer: ({ access }) => ({ data: { access_token: access, expires: 900_000 } }),
    refused: [400, problem('INVALID_PAYLOAD')],
  },
  logout: () => ({ call: 'POST /auth/logout', body: { mode: 'cookie' } }),
})

// strapi/strapi 5, packages/plugins/users-permissions/server/controllers/auth.js
const strapiError = (status: number, name: string, message: string) =>
  [status, { data: null, error: { status, name, message, details: {} } }] as const
const strapiUser = {
  id: 1,
  documentId: 'x',
  username: 'ada',
  email: 'ada@example.com',
  confirmed: true,
  blocked: false,
}
const identified = { identifier: 'ada@example.com', password: credentials.password }
const strapiCookie: Recording = {
  profile: strapi(),
  credentials,
  login: {
    call: 'POST /api/auth/local',
    body: identified,
    headers: { 'x-strapi-refresh-cookie': 'httpOnly' },
    answer: ({ access }) => ({ jwt: access, user: strapiUser }),
  },
  wrong: strapiError(400, 'ValidationError', 'Invalid identifier or password'),
  refresh: {
    sends: () => ({ call: 'POST /api/auth/refresh', body: {}, headers: { 'x-strapi-refresh-cookie': 'httpOnly' } }),
    answer: ({ access }) => ({ jwt: access }),
    refused: strapiError(401, 'UnauthorizedError', 'Invalid refresh token'),
  },
  logout: ({ access }) => ({ call: 'POST /api/auth/logout', authorization: `Bearer ${access}` }),
  me: { call: 'GET /api/users/me', answer: strapiUser },
  user: strapiUser,
  claims: { userId: '1', sessionId: 's', type: 'access' },
  lifetime: 1800,
}
profileLaws(strapiCookie)
profileLaws({
  ...strapiCookie,
  profile: { ...strapi({ refreshToken: 'body' }), name: 'strapi, body' },
  login: {
    call: 'POST /api/auth/local',
    body: identified,
    answer: ({ access, refresh }) => ({ jwt: access, refreshToken: refresh, user: strapiUser }),
  },
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /api/auth/refresh', body: { refreshToken: refresh } }),
    answer: ({ access, refresh }) => ({ jwt: access, refreshToken: refresh }),
    plain: ({ access }) => ({ jwt: access }),
    refused: strapiError(401, 'UnauthorizedError', 'Invalid refresh token'),
  },
})

// gitdagray/mern_stack_course, lesson 09, controllers/authController.js
const mernRecording: Recording = {
  profile: mern(),
  credentials: { username: 'ada', password: credentials.password },
  login: {
    call: 'POST /auth',
    body: { username: 'ada', password: credentials.password },
    answer: ({ access }) => ({ accessToken: access }),
  },
  wrong: [401, { message: 'Unauthorized' }],
  refresh: {
    sends: () => ({ call: 'GET /auth/refresh', body: undefined }),
    answer: ({ access }) => ({ accessToken: access }),
    refused: [403, { message: 'Forbidden' }],
  },
  logout: () => ({ call: 'POST /auth/logout' }),
  user: { username: 'ada', roles: ['Employee'] },
  claims: { UserInfo: { username: 'ada', roles: ['Employee'] } },
  lifetime: 900,
}
profileLaws(mernRecording)
describe('mern', () => {
  it('mern: the older lesson’s fields and paths are options', async () => {
    const { auth, callsOf } = open({
      ...mernRecording,
      profile: mern({ usernameField: 'user', passwordField: 'pwd', refreshPath: 'refresh', logoutPath: 'logout' }),
    })
    await auth.login(mernRecording.credentials)
    expect(callsOf('POST /auth')[0]?.body).toEqual({ user: 'ada', pwd: credentials.password })
  })
  it('mern: an API’s 403 is a spent token: one refresh, one replay', async () => {
    const { auth, answer, callsOf } = open(mernRecording)
    await auth.login(mernRecording.credentials)
    let first = true
    answer('GET /projects', () => {
      const status = first ? 403 : 200
      first = false
      return new Response('{}', { status })
    })
    expect((await auth.fetch('https://api.test/projects')).status).toBe(200)
    expect(callsOf('GET /auth/refresh').length).toBe(1)
  })
})

// payloadcms/payload 3, docs/authentication/operations.mdx
profileLaws({
  profile: payload(),
  scheme: 'JWT',
  credentials,
  login: {
    call: 'POST /api/users/login',
    body: credentials,
    answer: ({ access }) => ({ message: 'Authentication Passed', user: ada, token: access, exp: 1_700_007_200 }),
  },
  wrong: [401, { errors: [{ message: 'The email or password provided is incorrect.' }] }],
  refresh: {
    sends: ({ access }) => ({
      call: 'POST /api/users/refresh-token',
      body: undefined,
      authorization: `JWT ${access}`,
    }),
    answer: ({ access }) => ({
      message: 'Token refresh successful',
      user: ada,
      refreshedToken: access,
      exp: 1_700_007_200,
    }),
    refused: [403, { errors: [{ message: 'You are not allowed to perform this action.' }] }],
  },
  logout: ({ access }) => ({ call: 'POST /api/users/logout', authorization: `JWT ${access}` }),
  me: { call: 'GET /api/users/me', answer: { user: ada, token: 'x', exp: 1 } },
  user: ada,
  claims: { id: 1, collection: 'users', email: 'ada@example.com' },
  lifetime: 7200,
})
