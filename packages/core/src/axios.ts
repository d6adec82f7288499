// axios on top of `auth.fetch`; its secrets are that axios can send through any fetch, and that no fetch tells of an upload.
import {
  getAdapter,
  isAxiosError,
  type AxiosInstance,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios'
import { AuthError, type AuthClient } from './index.js'
import { resolveBeside, whyNot } from './own-origin.js'

/** What uploads with progress need beside the client. */
export type AttachToAxiosOptions = {
  /** Who gets the token beside `baseURL`'s origin, as in the client's own `origins`. */
  readonly origins?: readonly string[]
}

type Config = InternalAxiosRequestConfig
type Auth<User> = Pick<AuthClient<User>, 'fetch' | 'baseURL' | 'getAccessToken' | 'refresh' | '$session'>

/**
 * Lets an axios instance send through the client: token, origin fence, one replay after a 401; interceptors see the last
 * answer only. Requests with `onUploadProgress` go by XMLHttpRequest, with the same token and the same one replay, because
 * a fetch can tell of an upload only over HTTP/2, and cannot repeat it. Attaching twice changes nothing. Needs axios 1.12.
 */
export function attachToAxios<User>(
  instance: AxiosInstance,
  auth: Auth<User>,
  { origins = [] }: AttachToAxiosOptions = {},
): void {
  const telling = getAdapter(['xhr', 'http'])
  instance.defaults.env = { ...instance.defaults.env, fetch: auth.fetch }
  instance.defaults.adapter = (config) =>
    config.onUploadProgress ? upload(config) : getAdapter('fetch', config)(config)

  async function upload(config: Config): Promise<AxiosResponse> {
    const url = resolveBeside(instance.getUri(config), auth.baseURL)
    const isOurs = url !== null && whyNot(url, auth.baseURL, origins) === null
    if (!isOurs || config.headers.has('Authorization')) return telling(config)
    const { generation } = auth.$session.get()
    const token = await auth.getAccessToken(signalOf(config))
    if (token === null) return telling(config)
    const first = await attempt(() => quietly(config, token))
    if (!isSpent(first.response)) return first.settled()
    const fresh = await replaced(token, generation, config)
    if (fresh === null) return first.settled()
    if (isOneShot(config.data)) throw notReplayable()
    return quietly(config, fresh)
  }

  /** Sends with the token, which is in nothing that comes back. */
  async function quietly(config: Config, token: string): Promise<AxiosResponse> {
    const headers = config.headers.concat({ Authorization: `Bearer ${token}` })
    try {
      return hush(await telling({ ...config, headers }), config)
    } catch (error) {
      if (isAxiosError(error)) {
        hush(error, config)
        if (error.response !== undefined) hush(error.response, config)
      }
      throw error
    }
  }

  /** Another token of the same session than the one that was refused; null where there is none. */
  async function replaced(spent: string, generation: number, config: Config): Promise<string | null> {
    const isSame = (): boolean => auth.$session.get().generation === generation
    let token = isSame() ? await auth.getAccessToken(signalOf(config)) : null
    if (token === spent) {
      await auth.refresh()
      token = await auth.getAccessToken(signalOf(config))
    }
    if (isSame()) return token === spent ? null : token
    if (auth.$session.get().status !== 'authenticated') return null
    throw new AuthError(
      'account_changed',
      'Another account signed in while this upload was under way; it was not sent as that account.',
    )
  }
}

const signalOf = ({ signal }: Config): { readonly signal?: AbortSignal } =>
  signal instanceof AbortSignal ? { signal } : {}

/** With the request as the app spelled it; Node's own keeps its headers, a browser's does not tell them. */
function hush<Told extends { config?: Config; request?: unknown }>(told: Told, config: Config): Told {
  told.config = config
  if (typeof XMLHttpRequest === 'undefined') delete told.request
  return told
}

const isOneShot = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && ('getReader' in body || 'pipe' in body)

function notReplayable(): AuthError {
  return new AuthError(
    'not_replayable',
    'The token had expired, and the upload’s body is a stream, which can be sent once. Send it again.',
  )
}

/** A 401 to our token that a new one cures: not one that asks for more than the token may (RFC 6750 §3.1, RFC 9470). */
function isSpent(response: AxiosResponse | undefined): boolean {
  if (response?.status !== 401) return false
  return !/error="?insufficient_/i.test(String(response.headers['www-authenticate'] ?? ''))
}

type Attempted = { readonly response: AxiosResponse | undefined; readonly settled: () => AxiosResponse }

/** An answer, whether `validateStatus` takes it for one or for an error. */
async function attempt(send: () => Promise<AxiosResponse>): Promise<Attempted> {
  try {
    const response = await send()
    return { response, settled: () => response }
  } catch (error) {
    const fail = (): never => {
      throw error
    }
    return { response: isAxiosError(error) ? error.response : undefined, settled: fail }
  }
}
