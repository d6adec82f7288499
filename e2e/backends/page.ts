// The page under test: a client at `window.client` that speaks with the backend which the address names.
import { createAuthClient, webStorage, type AuthClient } from '@latchkey/core'
import {
  betterAuth,
  fastapiCookie,
  fastapiCookieOnly,
  fastapiEnvelope,
  fastapiForm,
  fastapiQuery,
  latchkey,
  oauth2,
  simpleJwt,
} from '@latchkey/core/profiles'

declare global {
  interface Window {
    client: AuthClient<{ readonly email?: string; readonly sub?: string }>
  }
}

const settings = new URL(location.href).searchParams
const lifetime = Number(settings.get('lifetime'))

const profiles = {
  'fastapi-cookie': () => fastapiCookie({ lifetime }),
  'fastapi-form': () => fastapiForm({ lifetime }),
  'fastapi-cookie-only': () => fastapiCookieOnly({ lifetime }),
  'fastapi-envelope': () => fastapiEnvelope(),
  'fastapi-query': () => fastapiQuery({ lifetime }),
  django: () =>
    simpleJwt({
      usernameField: 'email',
      me: 'api/me/',
      register: 'api/register/',
      logoutAll: 'api/token/blacklist-all/',
    }),
  'better-auth': () => betterAuth(),
  'better-auth-bearer': () => betterAuth({ bearer: 'header' }),
  oidc: () => oauth2({ clientId: 'web', tokenPath: 'token', revocationPath: 'token/revocation', userInfoPath: 'me' }),
  latchkey: () => latchkey(),
  'latchkey-body': () => latchkey({ refreshToken: 'body' }),
  'latchkey-cookie-only': () => latchkey({ transport: 'cookie-only' }),
} as const

export type ProfileName = keyof typeof profiles

window.client = createAuthClient<{ readonly email?: string }>({
  baseURL: settings.get('api') ?? '/',
  profile: profiles[settings.get('profile') as ProfileName](),
  refresh: { proactive: settings.has('always') ? 'always' : 'never' },
  // What a body profile needs to outlive a reload, and what eight tabs then share.
  storage: webStorage(localStorage),
  ...(settings.has('always') && { random: () => 0 }),
})
