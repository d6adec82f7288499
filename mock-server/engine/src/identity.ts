// The port behind which sign-ins by others rest. Its secret: who somebody is elsewhere is issuer and subject, never an address (B31).

/** An account's name at a provider. */
export type Identity = {
  readonly id: string
  readonly accountId: string
  /** The provider's name in the configuration, for people to read. */
  readonly provider: string
  readonly issuer: string
  readonly subject: string
  /** The address that the provider told last; shown, never looked up by. */
  readonly email: string | null
  /** The account's password as it was made up when this sign-in created the account: nobody knows it. Null elsewhere. */
  readonly madeUpHash: string | null
  readonly createdAt: number
}

/** The identities' part of a store. */
export type Identities = {
  identityOf(issuer: string, subject: string): Promise<Identity | null>
  /** False where that issuer and subject is an identity already, whoever has it. */
  insertIdentity(identity: Identity): Promise<boolean>
  /** Oldest first. */
  listIdentities(accountId: string): Promise<readonly Identity[]>
  /** False where the account has no such identity (B34). */
  deleteIdentity(accountId: string, id: string): Promise<boolean>
}
