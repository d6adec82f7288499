// What the host is told for logs and audit; its secret is that a listener can change no reply.

/** Something that happened to an account or a session. Never holds a token, a password or an address. */
export type EngineEvent = {
  readonly type: EngineEventType | (string & {})
  readonly at: number
  readonly accountId: string | null
  readonly sid: string | null
} & About

/** What else is known of an event. */
export type About = {
  /** Who did it, where that is another than the account: an admin. */
  readonly actorId?: string
  /** The caller's address. */
  readonly ip?: string | null
  /** What the caller's user agent is called by people: “Firefox on Linux”. */
  readonly device?: string | null
  /** A few words of the code's own, never of a caller's. */
  readonly detail?: string
}

/** The events that the engine tells; those that end a session are told once for each call that ended one or more. */
export type EngineEventType =
  | 'registered'
  | 'logged_in'
  | 'login_refused'
  | 'new_device'
  | 'refreshed'
  | 'refresh_replayed'
  | 'reuse_detected'
  /** A refresh token came from another device than its own. */
  | 'binding_broken'
  | 'sessions_revoked'
  | 'account_changed'
  | 'role_changed'
  | 'account_disabled'
  | 'account_enabled'
  | 'account_deleted'
  | 'email_verified'
  | 'email_changed'
  | 'password_reset'
  | 'password_changed'
  | 'identity_linked'
  | 'identity_unlinked'
  | 'mail_failed'
  | 'mfa_required'
  | 'mfa_refused'
  | 'totp_enabled'
  | 'totp_disabled'
  | 'backup_code_used'
  | 'backup_codes_renewed'
  | 'passkey_added'
  | 'passkey_removed'

/** Tells one event, now. */
export type Tell = (type: EngineEventType, accountId: string | null, sid?: string | null, about?: About) => void

/** Tells events to the listener; what it throws surfaces as an uncaught error of the host, after the reply. */
export function createTell(listener: (event: EngineEvent) => void, now: () => number): Tell {
  return (type, accountId, sid = null, about = {}) => {
    try {
      listener({ type, at: now(), accountId, sid, ...about })
    } catch (cause) {
      queueMicrotask(() => {
        throw cause
      })
    }
  }
}
