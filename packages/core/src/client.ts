import type { ReadableAtom } from 'nanostores'
import type { AuthError } from './errors.js'
import type { EndReason, Session } from './session.js'

export type RefreshState = {
  readonly status: 'idle' | 'refreshing' | 'failing'
  readonly failures: number
  readonly nextAttemptAt: number | null
  readonly error: AuthError | null
}
export type LoginResult<User> =
  | { readonly status: 'authenticated'; readonly session: Session<User> & { status: 'authenticated' } }
  | { readonly status: 'mfa-required'; readonly challenge: string; readonly methods: readonly string[] }
export type AuthEvent<User = unknown> = { readonly type: string; readonly at: number } & Record<string, unknown>
export interface AuthClient<User> {
  readonly $session: ReadableAtom<Session<User>>
  readonly $refresh: ReadableAtom<RefreshState>
  restore(options?: { readonly force?: boolean }): Promise<Session<User>>
  ready(): Promise<Session<User>>
  register(input: Record<string, unknown>): Promise<LoginResult<User> | { readonly status: 'registered' }>
  login(credentials: Record<string, unknown>): Promise<LoginResult<User>>
  verifyMfa(answer: { readonly challenge: string; readonly code: string }): Promise<LoginResult<User>>
  logout(options?: { readonly everywhere?: boolean }): Promise<void>
  refresh(): Promise<Session<User>>
  getAccessToken(options?: { readonly minValidity?: number; readonly signal?: AbortSignal }): Promise<string | null>
  readonly fetch: (input: RequestInfo | URL, init?: RequestInit & { readonly auth?: boolean; readonly replay?: boolean }) => Promise<Response>
  hasRole(role: string): boolean
  can(permission: string): boolean
  on(listener: (event: AuthEvent<User>) => void): () => void
  timeline(): readonly AuthEvent<User>[]
  dispose(): void
}
export declare function createAuthClient<User>(options: { baseURL: string }): AuthClient<User>
export type { EndReason }
