// The port through which mails leave. Its secret: the engine says what there is to say, and whoever sends finds the words.

/** What became of a factor. */
export type FactorChange =
  | 'totp-enabled'
  | 'totp-disabled'
  | 'backup-codes-renewed'
  | 'backup-code-used'
  | 'passkey-added'
  | 'passkey-removed'

/** A mail to the owner of an account; `name` only where the address is proven, for strangers choose names too. */
export type Mail = {
  /** A canonical address; never more than one. */
  readonly to: string
  readonly name: string | null
} & (
  | {
      /**
       * `change-email` goes to the new address, which is the account's only when the link was used; `already-registered` to
       * the owner of an address that somebody registered again, with a link to a new password.
       */
      readonly kind: 'verify-email' | 'reset-password' | 'change-email' | 'already-registered'
      /** The app's page with the token in its fragment, which no server, log or `Referer` sees. Good once. */
      readonly link: string
      /** Seconds. */
      readonly expiresIn: number
    }
  /** Nobody can act on it but by a new reset: it tells an owner who did not do it. */
  | { readonly kind: 'password-changed' }
  /** The last one: the account is no more. */
  | { readonly kind: 'account-deleted' }
  /** To the old address: somebody who was signed in asked for another, or moved there. Tells an owner who did not do it. */
  | { readonly kind: 'email-change-asked' }
  | { readonly kind: 'email-changed' }
  /** A way to prove oneself came, went or was used up. */
  | { readonly kind: 'factor-changed'; readonly change: FactorChange }
  | ({ readonly kind: 'new-device' } & Sighting)
  /** A token was shown that had been spent long ago: somebody has a copy. The session is over. */
  | ({ readonly kind: 'reuse-detected' } & Sighting)
  /** The account can be signed in to at a provider too, by its name: tells an owner who did not do it. */
  | { readonly kind: 'sign-in-linked'; readonly provider: string }
)

/** Where and when somebody was seen. */
export type Sighting = {
  /** “Firefox on Linux”; null where it did not say. */
  readonly device: string | null
  readonly ip: string | null
  readonly at: number
}

/** Sends mails. May reject: the request that caused the mail has been answered, and the event `mail_failed` is told. */
export type Mailer = { readonly send: (mail: Mail) => Promise<void> }
