// Server-sent events with the token in a header, where `EventSource` has none. Its secret: which answers are worth another try.
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { AuthError, systemClock, type AuthClient } from './index.js'
import { keepLive, tell, type Attempt, type Ended, type Live, type LiveOptions } from './live.js'

export { type LiveState } from './live.js'

/** One event: `event` is undefined for the default one; `id` is what `Last-Event-ID` will say. */
export type AuthEventSourceMessage = EventSourceMessage

/** What the stream is asked for and told to. */
export type AuthEventSourceOptions = LiveOptions & {
  readonly onMessage: (message: AuthEventSourceMessage) => void
  /** Where to go on from, at the first opening. */
  readonly lastEventId?: string
  /** Milliseconds without a byte after which the connection counts as dead. Default: never; servers send comments for it. */
  readonly silence?: number
  /** Beside the headers that this sets: `method`, `body`, `headers`, `credentials`. */
  readonly init?: Omit<RequestInit, 'signal'>
}

/** A stream of events that lives as long as the account is signed in. */
export type AuthEventSource = Live & { readonly lastEventId: () => string }

/**
 * Opens a stream of server-sent events through `auth.fetch`: a fresh token in the header, one refresh after a 401, never
 * a token in the URL. Opened again with `Last-Event-ID` after an end, an outage or a 5xx, with full jitter from 1 s to
 * 60 s. Closed for good by `close`, a logout, a 204, or a refusal that another try would not change.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function createAuthEventSource<User>(
  auth: Pick<AuthClient<User>, '$session' | 'ready' | 'fetch'>,
  url: string | URL,
  options: AuthEventSourceOptions,
): AuthEventSource {
  const { onMessage, silence, init, clock = systemClock } = options
  let lastEventId = options.lastEventId ?? ''
  let retry: number | undefined
  let generation = -1

  async function connect({ signal, onOpen }: Attempt): Promise<Ended> {
    const now = auth.$session.get().generation
    // Another account's place in the stream is not this one's.
    if (generation !== -1 && generation !== now) lastEventId = ''
    generation = now
    const headers = new Headers(init?.headers)
    headers.set('Accept', 'text/event-stream')
    if (lastEventId !== '') headers.set('Last-Event-ID', lastEventId)
    // Not `AbortSignal.any`, which older browsers lack.
    const stale = new AbortController()
    signal.addEventListener('abort', () => stale.abort())
    const response = await auth.fetch(url, {
      ...init,
      headers,
      cache: 'no-store',
      signal: stale.signal,
    })
    const verdict = judge(response)
    if (verdict !== null) {
      void response.body?.cancel().catch(() => undefined)
      return verdict
    }
    onOpen()
    const parser = createParser({
      onRetry: (ms) => void (retry = ms),
      onEvent(message) {
        if (signal.aborted) return
        lastEventId = message.id ?? lastEventId
        tell(() => onMessage(message))
      },
    })
    await read(
      response,
      (text) => parser.feed(text),
      () => stale.abort(),
    )
    return { again: true, after: retry }
  }

  /** Reads to the end; a broken connection is an end too. */
  async function read(response: Response, feed: (text: string) => void, giveUp: () => void): Promise<void> {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    try {
      for (;;) {
        const cancel = silence === undefined ? undefined : clock.after(silence, giveUp)
        const part = await reader?.read().finally(cancel)
        if (part === undefined || part.done) return
        feed(part.value)
      }
    } catch {
      // Whoever aborted knows why; everybody else opens it again.
    }
  }

  return { ...keepLive(auth, connect, options), lastEventId: () => lastEventId }
}

/** Null for a stream to read; else what to do without one. */
function judge({ status, headers }: Response): Ended | null {
  if (status === 204) return { again: false, why: null }
  if (status === 200 && /^text\/event-stream\b/i.test(headers.get('Content-Type') ?? '')) return null
  const seconds = Number(headers.get('Retry-After') ?? NaN)
  const after = seconds >= 0 ? seconds * 1_000 : undefined
  if (status >= 500 || [401, 408, 425, 429].includes(status)) return { again: true, after }
  const what = status === 200 ? `of type ${headers.get('Content-Type') ?? 'nothing'}` : `${status}`
  const message = `The server’s answer is ${what}, not a stream of events. Check the address and what it sends.`
  return { again: false, why: new AuthError('protocol_error', message, { status }) }
}
