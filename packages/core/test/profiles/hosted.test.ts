// Backends that are bought or downloaded whole: from their docs and sources, named at each.
import { describe, expect, it } from 'vitest'
import { json } from '../backend.js'
import { keycloak, nhost, oauth2, pocketbase, supabase } from '../../src/profiles/index.js'
import { profileLaws } from './profile-laws.js'
import { open } from './recorded.js'
import type { Recording, Tokens } from './recording.js'

const credentials = { email: 'ada@example.com', password: 'correct horse battery' }

// supabase/auth openapi.yaml; internal/api/apierrors/errorcode.go
const supaUser = { id: '11111111-1111-4111-8111-111111111111', email: 'ada@example.com', role: 'authenticated' }
const supaGrant = ({ access, refresh }: Tokens) => ({
  access_token: access,
  token_type: 'bearer',
  expires_in: 3600,
  expires_at: 1_700_003_600,
  refresh_token: refresh,
  user: supaUser,
})
const headers = { apikey: 'anon-key' }
const supa: Recording = {
  profile: supabase({ apikey: 'anon-key' }),
  credentials,
  register: {
    call: 'POST /auth/v1/signup',
    input: credentials,
    body: credentials,
    headers,
    status: 200,
    answer: { ...supaUser, confirmation_sent_at: '2026-01-01T00:00:00Z' },
  },
  login: { call: 'POST /auth/v1/token?grant_type=password', body: credentials, headers, answer: supaGrant },
  wrong: [400, { code: 400, error_code: 'invalid_credentials', msg: 'Invalid login credentials' }],
  refresh: {
    sends: ({ refresh }) => ({
      call: 'POST /auth/v1/token?grant_type=refresh_token',
      body: { refresh_token: refresh },
      headers,
    }),
    answer: supaGrant,
    refused: [
      400,
      { code: 400, error_code: 'refresh_token_not_found', msg: 'Invalid Refresh Token: Refresh Token Not Found' },
    ],
  },
  logout: ({ access }) => ({ call: 'POST /auth/v1/logout?scope=local', headers, authorization: `Bearer ${access}` }),
  user: supaUser,
  claims: { sub: supaUser.id, session_id: 's' },
  lifetime: 3600,
}
profileLaws(supa)
profileLaws({
  ...supa,
  profile: { ...supabase({ apikey: 'anon-key' }), name: 'supabase, API of 2024' },
  wrong: [400, { code: 'invalid_credentials', message: 'Invalid login credentials' }],
  ...(supa.refresh && { refresh: { ...supa.refresh, refused: [403, { code: 'session_not_found', message: 'gone' }] } }),
})

// nhost/hasura-auth docs/openapi.yaml
const nhostUser = { id: 'u1', email: 'ada@example.com', displayName: 'Ada', roles: ['user'] }
const nhostSession = ({ access, refresh }: Tokens) => ({
  accessToken: access,
  accessTokenExpiresIn: 900,
  refreshToken: refresh,
  refreshTokenId: 'r',
  user: nhostUser,
})
const nhostRecording: Recording = {
  profile: nhost(),
  credentials,
  register: {
    call: 'POST /v1/signup/email-password',
    input: credentials,
    body: credentials,
    status: 200,
    answer: { session: null },
  },
  login: {
    call: 'POST /v1/signin/email-password',
    body: credentials,
    answer: (tokens) => ({ session: nhostSession(tokens), mfa: null }),
  },
  wrong: [401, { status: 401, message: 'Incorrect email or password', error: 'invalid-email-password' }],
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /v1/token', body: { refreshToken: refresh } }),
    answer: nhostSession,
    refused: [401, { status: 401, message: 'Invalid or expired refresh token', error: 'invalid-refresh-token' }],
  },
  logout: ({ refresh }) => ({ call: 'POST /v1/signout', body: { refreshToken: refresh, all: false } }),
  user: nhostUser,
  claims: { sub: 'u1' },
  lifetime: 900,
}
profileLaws(nhostRecording)
describe('nhost', () => {
  it('nhost: a second factor is asked for by its ticket, and the code completes the login', async () => {
    const { auth, answer, callsOf } = open(nhostRecording)
    answer('POST /v1/signin/email-password', () => json({ session: null, mfa: { ticket: 'mfaTotp:t' } }))
    answer('POST /v1/signin/mfa/totp', () =>
      json({ session: nhostSession({ access: 'opaque', refresh: 'r' }), mfa: null }),
    )
    const asked = await auth.login(credentials)
    expect(asked).toEqual({ status: 'mfa-required', challenge: 'mfaTotp:t', methods: ['totp'] })
    await expect(auth.verifyMfa({ challenge: 'mfaTotp:t', code: '123456' })).resolves.toMatchObject({
      status: 'authenticated',
    })
    expect(callsOf('POST /v1/signin/mfa/totp')[0]?.body).toEqual({ ticket: 'mfaTotp:t', otp: '123456' })
  })
})

// pocketbase.io/docs/api-records; pocketbase/js-sdk 0.28 src/Client.ts for the header without a scheme
const record = { id: 'abc', collectionName: 'users', email: 'ada@example.com', verified: false }
profileLaws({
  profile: pocketbase(),
  scheme: '',
  credentials,
  login: {
    call: 'POST /api/collections/users/auth-with-password',
    body: { identity: 'ada@example.com', password: credentials.password },
    answer: ({ access }) => ({ token: access, record }),
  },
  wrong: [400, { status: 400, message: 'Failed to authenticate.', data: {} }],
  refresh: {
    sends: ({ access }) => ({
      call: 'POST /api/collections/users/auth-refresh',
      body: undefined,
      authorization: access,
    }),
    answer: ({ access }) => ({ token: access, record }),
    refused: [401, { status: 401, message: 'The request requires valid record authorization token.', data: {} }],
  },
  logout: null,
  user: record,
  claims: { id: 'abc', type: 'auth', collectionId: 'c', refreshable: true, iat: undefined },
  lifetime: 604_800,
})

// RFC 6749; Keycloak 26 securing-apps guide
const form = { grant_type: 'password', username: credentials.email, password: credentials.password, client_id: 'web' }
const grant = ({ access, refresh }: Tokens) => ({
  access_token: access,
  token_type: 'Bearer',
  expires_in: 300,
  refresh_token: refresh,
})
const spent = (refresh: string) => ({ grant_type: 'refresh_token', refresh_token: refresh, client_id: 'web' })
profileLaws({
  profile: oauth2({ clientId: 'web', revocationPath: 'oauth/revoke' }),
  credentials,
  login: { call: 'POST /oauth/token', body: form, answer: grant },
  wrong: [400, { error: 'invalid_grant', error_description: 'Bad credentials' }],
  refresh: {
    sends: ({ refresh }) => ({ call: 'POST /oauth/token', body: spent(refresh) }),
    answer: grant,
    refused: [400, { error: 'invalid_grant' }],
  },
  logout: ({ refresh }) => ({
    call: 'POST /oauth/revoke',
    body: { token: refresh, token_type_hint: 'refresh_token', client_id: 'web' },
  }),
  user: { sub: 'u1' },
  claims: { sub: 'u1' },
  lifetime: 300,
})
const openid = '/realms/shop%20floor/protocol/openid-connect'
profileLaws({
  profile: keycloak({ realm: 'shop floor', clientId: 'web' }),
  credentials,
  login: { call: `POST ${openid}/token`, body: { ...form, scope: 'openid' }, answer: grant },
  wrong: [401, { error: 'invalid_grant', error_description: 'Invalid user credentials' }],
  refresh: {
    sends: ({ refresh }) => ({ call: `POST ${openid}/token`, body: spent(refresh) }),
    answer: grant,
    refused: [400, { error: 'invalid_grant', error_description: 'Token is not active' }],
  },
  logout: ({ refresh }) => ({ call: `POST ${openid}/logout`, body: { client_id: 'web', refresh_token: refresh } }),
  me: { call: `GET ${openid}/userinfo`, answer: { sub: 'u1', preferred_username: 'ada' } },
  user: { sub: 'u1', preferred_username: 'ada' },
  claims: { sub: 'u1' },
  lifetime: 300,
})
