// What tabs say to each other; its secret is to believe nothing that is not of this exact shape.
import { endReasons, type EndReason } from './end-reason.js'

/** One announcement. `seq` counts exchanges of the origin, so that a tab can tell that it missed one. */
export type PeerMessage =
  /** Here `seq` is how new the token has to be: 0 for any. */
  | { readonly type: 'hello'; readonly seq: number }
  | {
      readonly type: 'refreshed'
      readonly seq: number
      readonly sid: string
      /** Null where tokens are not shared between tabs, or travel in a cookie. */
      readonly token: string | null
      /** Milliseconds that were left when it was sent; null where the expiry is unknown. */
      readonly lifetime: number | null
      /** Wall clock of the sender, which is this device's. */
      readonly at: number
      readonly user: unknown
    }
  /** An exchange was made, of which more will be said; the news may come later than the lock. */
  | { readonly type: 'counted'; readonly seq: number }
  | { readonly type: 'refresh-failed'; readonly seq: number; readonly nextAttemptAt: number }
  | { readonly type: 'logged-in'; readonly seq: number; readonly sid: string }
  | { readonly type: 'logged-out'; readonly seq: number; readonly sid: string | null; readonly reason: EndReason }

/** What is news to more than the turn at the lock. */
export type News = Exclude<PeerMessage, { readonly type: 'counted' }>

/** Around every message: protocol version, client name, and the tab that speaks. */
export type Envelope = { readonly v: 1; readonly name: string; readonly tab: string } & PeerMessage

type Check = (value: unknown) => boolean
const isText: Check = (value) => typeof value === 'string' && value !== '' && value.length <= 16_384
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)

const shapes: Readonly<Record<PeerMessage['type'], Readonly<Record<string, Check>>>> = {
  hello: {},
  refreshed: {
    sid: isText,
    token: orNull(isText),
    lifetime: orNull(isNumber),
    at: isNumber,
    user: (value) => value !== undefined,
  },
  counted: {},
  'refresh-failed': { nextAttemptAt: isNumber },
  'logged-in': { sid: isText },
  'logged-out': { sid: orNull(isText), reason: (value) => (endReasons as readonly unknown[]).includes(value) },
}

/** The message, or null for anything that is not one of this client's and this protocol version. Never throws. */
export function readMessage(posted: unknown, name: string): Envelope | null {
  const message = Object(posted) as Readonly<Record<string, unknown>>
  const type = message['type']
  if (message['v'] !== 1 || message['name'] !== name || typeof type !== 'string' || !Object.hasOwn(shapes, type))
    return null
  const shape = { tab: isText, seq: isNumber, ...shapes[type as PeerMessage['type']] }
  return Object.entries(shape).every(([key, check]) => Object.hasOwn(message, key) && check(message[key]))
    ? (posted as Envelope)
    : null
}
