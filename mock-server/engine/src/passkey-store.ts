// The part of the store behind which passkeys rest. Its secret: a counter moves forward only, for one of many at once.

/** A passkey: what proves that its owner holds the private key, which never leaves the authenticator. */
export type Passkey = {
  readonly id: string
  readonly accountId: string
  /** The authenticator's own id for it, base64url; unique. */
  readonly credentialId: string
  /** COSE, base64url. */
  readonly publicKey: string
  /** Uses, as the authenticator counts them; always 0 where it does not. */
  readonly counter: number
  /** How the authenticator is reached (`internal`, `usb` …), parted by spaces: a hint for browsers. */
  readonly transports: string
  /** True where it travels between the owner's devices. */
  readonly isSynced: boolean
  readonly name: string
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

/** Passkeys. Every method is one transaction. */
export type PasskeyStore = {
  /** False, and nothing done, where the credential is registered already. */
  insertPasskey(passkey: Passkey): Promise<boolean>
  /** Those of an account, oldest first. */
  passkeysOf(accountId: string): Promise<readonly Passkey[]>
  passkeyByCredential(credentialId: string): Promise<Passkey | null>
  /** Null where the account has no such passkey. */
  renamePasskey(accountId: string, id: string, name: string): Promise<Passkey | null>
  /** False where the account has no such passkey. */
  removePasskey(accountId: string, id: string): Promise<boolean>
  /** Moves the counter on from what it was known to be; false where it is another by now, or the passkey is gone. */
  usePasskey(id: string, known: number, counter: number, at: number): Promise<boolean>
}
