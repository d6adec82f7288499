// axios on top of `auth.fetch`; its secrets are that axios can send through any fetch, and that no fetch tells of an upload.
import {
  getAdapter,
  isAxiosError,
  type AxiosInstance,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios'
import { AuthError, type AuthClient } from './index.js'

type Config = InternalAxiosRequestConfig

/**
 * Lets an axios instance send through the client: token, origin fence, one replay after a 401; interceptors see the last
 * answer only. Requests with `onUploadProgress` go by XMLHttpRequest behind the same fence, with the same token and the
 * same one replay, because a fetch can tell of an upload only over HTTP/2, and cannot repeat it. Attaching twice changes
 * nothing. Needs axios 1.12.
 */
export function attachToAxios<User>(instance: AxiosInstance, auth: Pick<AuthClient<User>, 'fetch'>): void {
  const telling = getAdapter(['xhr', 'http'])
  instance.defaults.env = { ...instance.defaults.env, fetch: auth.fetch }
  instance.defaults.adapter = (config) =>
    config.onUploadProgress ? upload(config) : getAdapter('fetch', config)(config)

  async function upload(config: Config): Promise<AxiosResponse> {
    let settled: (() => AxiosResponse) | null = null
    const own = config.headers.get('Authorization')
    /** One attempt, as a fetch would make it: the answer's head for the client to judge, the rest for the app. */
    const through: typeof fetch = async (input, init = {}) => {
      if (settled !== null && isOneShot(config.data)) throw notReplayable()
      const url = typeof input === 'string' ? input : 'href' in input ? input.href : input.url
      const attempted = await attempt(() => quietly(url, init, config))
      settled = attempted.settled
      return headOf(attempted.response)
    }
    await auth.fetch(instance.getUri(config), {
      method: config.method ?? 'post',
      ...(typeof own === 'string' && { headers: { Authorization: own } }),
      ...(config.signal instanceof AbortSignal && { signal: config.signal }),
      through,
    })
    return (settled ?? unsent)()
  }

  /** Sends to the very address that was judged; the token that goes along is in nothing that comes back. */
  async function quietly(url: string, init: RequestInit, config: Config): Promise<AxiosResponse> {
    const { baseURL: _baseURL, params: _params, ...rest } = config
    const headers = config.headers.concat(Object.fromEntries(new Headers(init.headers)))
    const withCredentials = config.withCredentials === true || init.credentials === 'include'
    try {
      return hush(await telling({ ...rest, url, headers, withCredentials }), config)
    } catch (error) {
      if (isAxiosError(error)) {
        hush(error, config)
        if (error.response !== undefined) hush(error.response, config)
      }
      throw error
    }
  }
}

const redirections = new WeakMap<object, string>()

/** With the request as the app spelled it; Node's own keeps its headers, a browser's does not tell them. */
function hush<Told extends { config?: Config; request?: unknown }>(told: Told, config: Config): Told {
  const { responseURL, res } = (told.request ?? {}) as { responseURL?: string; res?: { responseUrl?: string } }
  redirections.set(told, responseURL ?? res?.responseUrl ?? '')
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

function unsent(): never {
  throw new AuthError('unreachable', 'The upload was not sent.')
}

/** What the client judges: the status, the headers, and where a redirect led. */
function headOf(response: AxiosResponse): Response {
  const headers = new Headers()
  for (const [name, value] of Object.entries(response.headers)) if (typeof value === 'string') headers.set(name, value)
  const head = new Response(null, { status: response.status, headers })
  const url = redirections.get(response) ?? ''
  return Object.defineProperties(head, { url: { value: url }, redirected: { value: url !== '' } })
}

type Attempted = { readonly response: AxiosResponse; readonly settled: () => AxiosResponse }

/** An answer, whether `validateStatus` takes it for one or for an error. */
async function attempt(send: () => Promise<AxiosResponse>): Promise<Attempted> {
  try {
    const response = await send()
    return { response, settled: () => response }
  } catch (error) {
    if (!isAxiosError(error) || error.response === undefined) throw error
    const fail = (): never => {
      throw error
    }
    return { response: error.response, settled: fail }
  }
}
