// The table of all checks, in the order of a report; who guesses passwords comes last, so that the others are not limited.
import type { Check } from './check.js'
import { bearer } from './checks/bearer.js'
import { cache } from './checks/cache.js'
import { concurrentRefresh } from './checks/concurrent-refresh.js'
import { cookieFlags } from './checks/cookie-flags.js'
import { corsPreflight } from './checks/cors-preflight.js'
import { corsStrangers } from './checks/cors-strangers.js'
import { cors } from './checks/cors.js'
import { csrf } from './checks/csrf.js'
import { enumeration } from './checks/enumeration.js'
import { errorShape } from './checks/error-shape.js'
import { forgedToken } from './checks/forged-token.js'
import { https } from './checks/https.js'
import { lifetimes } from './checks/lifetimes.js'
import { loginRefused } from './checks/login-refused.js'
import { login } from './checks/login.js'
import { logout } from './checks/logout.js'
import { rateLimit } from './checks/rate-limit.js'
import { refreshRefused } from './checks/refresh-refused.js'
import { reuse } from './checks/reuse.js'
import { rotation } from './checks/rotation.js'
import { tokenInUrl } from './checks/token-in-url.js'
import { tokenKinds } from './checks/token-kinds.js'

/** Every check of the kit. */
export const checks: readonly Check[] = [
  https,
  tokenInUrl,
  login,
  loginRefused,
  bearer,
  forgedToken,
  tokenKinds,
  rotation,
  reuse,
  concurrentRefresh,
  refreshRefused,
  logout,
  cookieFlags,
  csrf,
  cors,
  corsPreflight,
  corsStrangers,
  cache,
  lifetimes,
  errorShape,
  enumeration,
  rateLimit,
]
