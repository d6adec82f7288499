// A WebSocket that knows who it is for. Its secret: how a token travels where no header can.
import { AuthError, systemClock, type AuthClient } from './index.js'
import { resolveBeside, whyNot } from './own-origin.js'
import { keepLive, steady, tell, type Attempt, type Ended, type Live, type LiveOptions } from './live.js'

export { type LiveState } from './live.js'

/**
 * How the server learns who it is. `message`: the first message, as `say` spells it; nothing logs it. `subprotocol`: beside
 * your `protocols`, as `bearer.<token>`; proxies may log it. `ticket`: a short-lived one-time text that you fetch, in the
 * query. `cookie`: nothing is sent, the handshake bears cookies. No token is ever in the URL.
 */
export type SocketCredential =
  | { readonly by: 'message'; readonly say?: (token: string) => string }
  | { readonly by: 'subprotocol'; readonly prefix?: string }
  | {
      readonly by: 'ticket'
      readonly fetchTicket: (fetch: AuthClient<never>['fetch'], signal: AbortSignal) => Promise<string>
      readonly parameter?: string
    }
  | { readonly by: 'cookie' }

/** What the socket is made with, and told to. */
export type AuthSocketOptions = LiveOptions & {
  readonly onMessage: (data: unknown) => void
  /** Default: `{ by: 'message' }`, spelled `{"type":"authenticate","token":"…"}`. */
  readonly credential?: SocketCredential
  readonly protocols?: readonly string[]
  /** Who may get a token beside `baseURL`'s own host: origins, as `wss://live.example.com`. */
  readonly origins?: readonly string[]
  /** The close code that means a spent token. Default: 4401. */
  readonly expired?: number
  /** Close codes after which it stays closed. Default: 1000 and 4403. */
  readonly final?: readonly number[]
  readonly binaryType?: BinaryType
  readonly WebSocket?: typeof globalThis.WebSocket
}

/** A socket that lives as long as the account is signed in. */
export type AuthSocket = Live & {
  /** False, and nothing sent, where it is not open: what one account wrote never goes out as another. */
  readonly send: (message: Parameters<WebSocket['send']>[0]) => boolean
}

type Auth<User> = Pick<AuthClient<User>, '$session' | 'ready' | 'fetch' | 'getAccessToken' | 'refresh' | 'baseURL'>
/** The token that the server closed on, and how often in a row it did so on one. */
type Refusal = { readonly token: string | null; readonly count: number }

/**
 * Opens a WebSocket with a fresh token; opens it again after a close, with full jitter from 1 s to 60 s, and after 4401
 * with a new token. Closed for good by `close`, a logout, or a final close code.
 * @throws `misconfigured` for an address that may not get a token
 */
export function createAuthSocket<User>(auth: Auth<User>, url: string | URL, options: AuthSocketOptions): AuthSocket {
  const { credential = { by: 'message' }, expired = 4401, final = [1000, 4403], clock = systemClock } = options
  const address = fenced(url, auth.baseURL, options.origins ?? [])
  const Socket = options.WebSocket ?? globalThis.WebSocket
  let open: WebSocket | null = null
  let refusal: Refusal = none

  async function freshToken(signal: AbortSignal): Promise<string | null> {
    const token = await auth.getAccessToken({ minValidity: 5, signal })
    if (refusal.count !== 1 || refusal.token !== token || token === null) return token
    // The client thinks that it is good, the server does not: a new one is the cure. If that is refused too, none is.
    await auth.refresh()
    return auth.getAccessToken({ signal })
  }

  async function handshake(token: string | null, signal: AbortSignal): Promise<WebSocket> {
    const protocols = [...(options.protocols ?? [])]
    const target = new URL(address)
    if (credential.by === 'subprotocol' && token !== null) protocols.push(asProtocol(token, credential.prefix))
    if (credential.by === 'ticket')
      target.searchParams.set(credential.parameter ?? 'ticket', await credential.fetchTicket(auth.fetch, signal))
    return new Socket(target, protocols)
  }

  async function connect({ signal, onOpen }: Attempt): Promise<Ended> {
    const token = credential.by === 'cookie' ? null : await freshToken(signal)
    if (signal.aborted) return { again: true }
    const socket = await handshake(token, signal)
    let openedAt: number | null = null
    const code = await until(socket, signal, () => {
      if (credential.by === 'message' && token !== null) socket.send((credential.say ?? authenticate)(token))
      openedAt = clock.monotonic()
      open = socket
      onOpen()
    })
    open = null
    if (openedAt !== null && final.includes(code)) return { again: false, why: null }
    // A refused handshake says 1006, like every other failure: a new token is worth one try.
    const isRefusal = code === expired || (openedAt === null && credential.by === 'subprotocol')
    const lived = openedAt !== null && clock.monotonic() - openedAt >= steady
    refusal = isRefusal ? { token, count: (lived ? 0 : refusal.count) + 1 } : none
    return { again: true, now: code === expired && refusal.count === 1 }
  }

  /** The code that the socket closed with; 1000 where it was left. */
  function until(socket: WebSocket, signal: AbortSignal, opened: () => void): Promise<number> {
    return new Promise((resolve) => {
      const leave = (): void => {
        open = null
        socket.close(1000)
        resolve(1000)
      }
      socket.binaryType = options.binaryType ?? 'blob'
      socket.onopen = () => {
        if (!signal.aborted) opened()
      }
      socket.onmessage = ({ data }) => {
        if (!signal.aborted) tell(() => options.onMessage(data))
      }
      socket.onclose = ({ code }) => resolve(code)
      if (signal.aborted) leave()
      signal.addEventListener('abort', leave)
    })
  }

  return {
    ...keepLive(auth, connect, options),
    send(message) {
      if (open?.readyState !== 1) return false
      open.send(message)
      return true
    },
  }
}

const none: Refusal = { token: null, count: 0 }
const authenticate = (token: string): string => JSON.stringify({ type: 'authenticate', token })

/** @throws `misconfigured` for a token that a subprotocol cannot spell (RFC 6455 §4.1, RFC 9110 §5.6.2) */
function asProtocol(token: string, prefix = 'bearer.'): string {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(token)) return prefix + token
  throw misconfigured('This token has characters that no subprotocol may have. Use { by: "message" }.')
}

/** The address, where it may get a token. */
function fenced(url: string | URL, baseURL: string, origins: readonly string[]): string {
  const target = resolveBeside(url, baseURL)
  if (target === null)
    throw misconfigured('The address of the socket is no URL. Write it as wss://api.example.com/live.')
  target.protocol = target.protocol.replace('http', 'ws')
  const why = whyNot(target, baseURL, origins)
  if (why === 'plain') throw misconfigured('A token may not travel over plain ws://. Use wss://.')
  if (why === 'stranger')
    throw misconfigured(`${target.host} is not the API’s host: list it in origins if it may get the token.`)
  return target.href
}

function misconfigured(message: string): AuthError {
  return new AuthError('misconfigured', message)
}
