// OAuth 2.0 token endpoints with the password grant, Keycloak's first. Its secret: one endpoint, forms, and `invalid_grant`.
import { fields, text, type Profile } from '../index.js'
import { asking, maybeNumber, maybeText, passwordForm, type AnyUser, type NamePassword } from './spelling.js'

/** Where an OAuth 2.0 server has its routes, and who this app is there. */
export type OAuth2Options = {
  /** A public client: a secret in a page is none. */
  readonly clientId: string
  /** Default: `oauth/token`. */
  readonly tokenPath?: string
  /** Where RFC 7009 revokes tokens; without it, signing out is local. */
  readonly revocationPath?: string
  /** Where OpenID Connect tells who it is; without it, the user is the access token's claims. */
  readonly userInfoPath?: string
  readonly scope?: string
}

/**
 * `POST oauth/token` form grant_type=password, username, password, client_id → {access_token, expires_in,
 * refresh_token}; the same with grant_type=refresh_token. Many servers switch the password grant off.
 * @see RFC 6749 §4.3, §5.2, §6; RFC 7009 §2.1
 */
export function oauth2({
  clientId,
  tokenPath = 'oauth/token',
  revocationPath,
  userInfoPath,
  scope,
}: OAuth2Options): Profile<AnyUser, NamePassword> {
  const form = (path: string, content: Readonly<Record<string, string>>) =>
    ({ method: 'POST', path, form: { ...content, client_id: clientId }, bare: true }) as const
  return {
    name: 'oauth2',
    bearer: 'header',
    refreshToken: 'body',
    login: (credentials) => form(tokenPath, { ...passwordForm(credentials), ...(scope !== undefined && { scope }) }),
    refresh: (token = '') => form(tokenPath, { grant_type: 'refresh_token', refresh_token: token }),
    ...(revocationPath !== undefined && {
      logout: ({ refreshToken = '' }) =>
        form(revocationPath, { token: refreshToken, token_type_hint: 'refresh_token' }),
    }),
    ...asking(userInfoPath),
    readGrant(body) {
      const { access_token, refresh_token, expires_in } = fields(body)
      return {
        accessToken: text(access_token, 'access_token'),
        refreshToken: maybeText(refresh_token),
        expiresIn: maybeNumber(expires_in),
      }
    },
    readUser: fields,
    isRefused: (status, body) => (status === 400 || status === 401) && fields(body)['error'] === 'invalid_grant',
    readProblem(_status, body) {
      const { error, error_description } = fields(body)
      return {
        code: error === 'invalid_grant' ? 'invalid_credentials' : undefined,
        message: maybeText(error_description) ?? maybeText(error),
      }
    },
  }
}

/**
 * Keycloak, `baseURL` being its root; the client needs *Direct access grants*.
 * @see https://www.keycloak.org/securing-apps/oidc-layers
 */
export function keycloak({
  realm,
  clientId,
  scope = 'openid',
}: {
  readonly realm: string
  readonly clientId: string
  readonly scope?: string
}): Profile<AnyUser, NamePassword> {
  const prefix = `realms/${encodeURIComponent(realm)}/protocol/openid-connect`
  return {
    ...oauth2({ clientId, tokenPath: `${prefix}/token`, userInfoPath: `${prefix}/userinfo`, scope }),
    name: 'keycloak',
    logout: ({ refreshToken = '' }) => ({
      method: 'POST',
      path: `${prefix}/logout`,
      form: { client_id: clientId, refresh_token: refreshToken },
      bare: true,
    }),
  }
}
