// Django’s profiles; SimpleJWT recorded from 5.2.2, dj-rest-auth from its docs (api_endpoints.rst, 7.0).
import { djRestAuth, simpleJwt } from '../../src/profiles/index.js'
import { profileLaws } from './profile-laws.js'
import type { Recording, Refusal, Tokens } from './recording.js'

const credentials = { username: 'ada', password: 'correct horse battery' }
const pair = ({ access, refresh }: Tokens) => ({ refresh, access })
const plain = ({ access }: Tokens) => ({ access })
const blacklisted: Refusal = [401, { detail: 'Token is blacklisted', code: 'token_not_valid' }]
const wrong: Refusal = [401, { detail: 'No active account found with the given credentials' }]

const simple: Recording = {
  profile: simpleJwt(),
  credentials,
  login: { call: 'POST /api/token/', body: credentials, answer: pair },
  wrong,
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /api/token/refresh/', body: { refresh } }),
    answer: pair,
    plain,
    refused: blacklisted,
  },
  logout: ({ refresh }) => ({ call: 'POST /api/token/blacklist/', body: { refresh } }),
  user: { user_id: 1 },
  claims: { token_type: 'access', user_id: 1 },
  lifetime: 300,
}
profileLaws(simple)

const ada = { pk: 1, username: 'ada', email: 'ada@example.com', first_name: '', last_name: '' }
const byEmail = { email: 'ada@example.com', password: 'correct horse battery' }
profileLaws({
  ...simple,
  profile: {
    ...simpleJwt({ prefix: '/accounts/jwt', usernameField: 'email', me: '/accounts/me/' }),
    name: 'simplejwt, moved',
  },
  credentials: byEmail,
  login: { call: 'POST /accounts/jwt/', body: byEmail, answer: pair },
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /accounts/jwt/refresh/', body: { refresh } }),
    answer: plain,
    refused: [401, { detail: 'Token is invalid or expired', code: 'token_not_valid' }],
  },
  logout: ({ refresh }) => ({ call: 'POST /accounts/jwt/blacklist/', body: { refresh } }),
  me: { call: 'GET /accounts/me/', answer: ada },
  user: ada,
})

const rest: Recording = {
  profile: djRestAuth(),
  credentials,
  login: {
    call: 'POST /dj-rest-auth/login/',
    body: credentials,
    answer: ({ access, refresh }) => ({ access, refresh, user: ada }),
  },
  wrong: [400, { non_field_errors: ['Unable to log in with provided credentials.'] }],
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /dj-rest-auth/token/refresh/', body: { refresh } }),
    answer: pair,
    plain,
    refused: [401, { detail: 'Token is invalid or expired', code: 'token_not_valid' }],
  },
  logout: ({ refresh }) => ({ call: 'POST /dj-rest-auth/logout/', body: { refresh } }),
  me: { call: 'GET /dj-rest-auth/user/', answer: ada },
  user: ada,
  claims: { token_type: 'access', user_id: 1 },
  lifetime: 300,
}
profileLaws(rest)

profileLaws({
  ...rest,
  profile: { ...djRestAuth({ refreshToken: 'cookie' }), name: 'dj-rest-auth, cookie' },
  login: {
    call: 'POST /dj-rest-auth/login/',
    body: credentials,
    answer: ({ access }) => ({ access_token: access, refresh_token: '', user: ada }),
  },
  refresh: {
    sends: () => ({ call: 'POST /dj-rest-auth/token/refresh/', body: {} }),
    answer: ({ access }) => ({ access, access_expiration: '2026-01-01T00:05:00Z' }),
    refused: [401, { detail: 'No valid refresh token found.', code: 'token_not_valid' }],
  },
  logout: () => ({ call: 'POST /dj-rest-auth/logout/', body: {} }),
})
