// A client without a network: its two stores are set by hand, so that a test says exactly what happened.
import type { AuthClient, EndReason, LatchkeyUser, RefreshState, Session } from '@latchkey/core'
import { atom } from 'nanostores'

export const ada: LatchkeyUser = {
  id: 'u1',
  email: 'ada@example.com',
  email_verified: true,
  display_name: 'Ada',
  role: 'admin',
  permissions: ['posts:write'],
  created_at: '2026-01-01T00:00:00Z',
}
export const bob: LatchkeyUser = { ...ada, id: 'u2', display_name: 'Bob', role: 'user', permissions: [] }

const pending: Session<LatchkeyUser> = { status: 'pending', generation: 0 }
const idle: RefreshState = { status: 'idle', failures: 0, nextAttemptAt: null, error: null }

const unused = () => Promise.reject(new Error('This hand-made client has no network.'))

/** The client, the doors to change it, and how many listeners hang on its session. */
export function createHandMadeClient(first: Session<LatchkeyUser> = pending) {
  const $session = atom<Session<LatchkeyUser>>(first)
  const $refresh = atom<RefreshState>(idle)
  const user = () => {
    const session = $session.get()
    return session.status === 'authenticated' ? session.user : null
  }
  const next = () => $session.get().generation + 1
  const grant = (granted: LatchkeyUser, expiresAt = 1_000) =>
    $session.set({ status: 'authenticated', generation: next(), user: granted, expiresAt })
  const end = (reason: EndReason) => $session.set({ status: 'unauthenticated', generation: next(), reason })
  const settled = () =>
    new Promise<Session<LatchkeyUser>>((resolve) => {
      const stop = $session.subscribe((session) => {
        if (session.status === 'pending') return
        resolve(session)
        queueMicrotask(() => stop())
      })
    })

  const client: AuthClient = {
    baseURL: 'https://api.test/',
    send: unused,
    $session,
    $refresh,
    restore: unused,
    ready: settled,
    register: unused,
    login: unused,
    verifyMfa: unused,
    logout: async () => end('logged-out'),
    refresh: unused,
    getAccessToken: unused,
    fetch: unused,
    stepUp: { waiting: () => 0, resolve: () => undefined, reject: () => undefined },
    withStepUp: (request) => request(),
    hasRole: (role) => user()?.role === role,
    can: (permission) => user()?.permissions.includes(permission) ?? false,
    on: () => () => undefined,
    timeline: () => [],
    dispose: () => undefined,
  }
  return {
    client,
    $refresh,
    grant,
    end,
    /** What a silent refresh does: the same user in the same generation, a later expiry. */
    refreshed: (expiresAt: number) => {
      const session = $session.get()
      if (session.status === 'authenticated') $session.set({ ...session, expiresAt })
    },
    listeners: () => $session.lc,
  }
}
