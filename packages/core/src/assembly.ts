// A client's state before anything has happened, from what it was handed. Its secret is every default.
import { atom } from 'nanostores'
import { parseBase } from './address.js'
import type { AuthClientOptions } from './auth-client.js'
import { systemClock } from './clock.js'
import { idleRefresh, noExchanges } from './cool-down.js'
import { notVetted, type Core } from './core.js'
import { createEvents } from './events.js'
import { browserPage } from './page.js'
import { latchkey, type Credentials, type Profile } from './profile.js'
import { defaultBuffer } from './scheduler.js'
import { pendingSession, type Session } from './session.js'
import { memoryStorage } from './storage.js'

/** The core of a new client; it does nothing yet. @throws `misconfigured` for a `baseURL` that is no URL */
export function assemble<User, Login extends Credentials>(
  options: AuthClientOptions<User, Login>,
  gone: AbortSignal,
): Core<User> {
  const { refresh: refreshing = {}, tabs, page = browserPage(), clock = systemClock } = options
  return {
    // Without a profile, `User` is its default.
    profile: options.profile ?? (latchkey() as Profile as Profile<User>),
    base: parseBase(options.baseURL, page.href),
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock,
    timeout: refreshing.timeout ?? 8_000,
    page,
    random: options.random ?? Math.random,
    proactive: refreshing.proactive ?? 'visible',
    buffer: refreshing.buffer ?? defaultBuffer,
    gone,
    timers: {},
    name: options.name ?? 'default',
    tab: page.randomId(),
    talks: tabs !== false,
    shareToken: tabs !== false && tabs?.shareToken !== false,
    resting: options.storage ?? memoryStorage(),
    ...createEvents(clock.now),
    $session: atom<Session<User>>(pendingSession),
    $refresh: atom(idleRefresh),
    restore: () => Promise.reject(gone.reason as Error),
    onChange() {},
    session: pendingSession,
    token: null,
    sid: null,
    seq: 0,
    jitter: 0,
    channel: null,
    counted: 0,
    owed: {},
    refreshing: idleRefresh,
    retryFrom: -Infinity,
    recent: noExchanges,
    asking: 0,
    vetted: notVetted,
    heard: 0,
    ignored: 0,
  }
}
