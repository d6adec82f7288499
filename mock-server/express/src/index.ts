// The face of @latchkey/express: re-exports only.
export { createApiDocs } from './api-docs.js'
export { createApp, type AppParts, type Mount } from './app.js'
export { createAuthRouter, type AuthRouter, type AuthRouterOptions, type TransportOptions } from './auth-router.js'
export { type Config, ConfigInvalid, loadConfig } from './config.js'
export {
  type GuardOptions,
  type Guards,
  principalOf,
  requireAuth,
  requirePermission,
  requireRecentLogin,
  requireRole,
} from './guards.js'
export { type Attempt, createLimiter, defaultLimits, type Limit, type Limiter, type Limits } from './limits.js'
export { DatabaseUnusable, openStore, type OpenStoreOptions } from './open-store.js'
export { openSmtp, type Smtp, type SmtpOptions } from './smtp.js'
export { openApiDocument, type OpenApiDocument } from './openapi.js'
export { createPasswords, Overloaded, type PasswordOptions } from './passwords.js'
export { openRedis, type RedisReport } from './redis.js'
export { type SharedDenylistOptions, shareDenylist } from './shared-denylist.js'
export { makeSecrets, type Secrets } from './secrets.js'
export { type RunningServer, type ServerOptions, startServer } from './start-server.js'
export { createGitHubProvider, type GitHubPlaces } from './github-provider.js'
export { type ClientOptions, createOidcProvider } from './oidc-provider.js'
