// ky on top of `auth.fetch`; its secret is which of ky's options would fight the replay.
import ky, { type KyInstance, type Options } from 'ky'
import type { AuthClient } from './index.js'

const longestRetryAfter = 60_000

/**
 * A ky instance prefixed with the client's `baseURL`, whose requests bear the access token and are replayed once after
 * a 401. ky's own retry stays for the network and 5xx; a `Retry-After` counts for at most 60 s.
 */
export function createHttp(auth: Pick<AuthClient<never>, 'baseURL' | 'fetch'>, options: Options = {}): KyInstance {
  return ky
    .create({ prefix: auth.baseURL, hooks: { init: [boundRetryAfter] } })
    .extend({ ...options, fetch: auth.fetch })
}

/** For each request, because `retry: 3` of one call takes the place of an instance's whole `retry`. */
function boundRetryAfter(options: Options): void {
  const retry = typeof options.retry === 'number' ? { limit: options.retry } : options.retry
  options.retry = { ...retry, maxRetryAfter: retry?.maxRetryAfter ?? longestRetryAfter }
}
