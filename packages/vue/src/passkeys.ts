// Passkeys as composables, apart because of the library that they bring; their secret is which call each one makes.
import type { LoginResult } from '@latchkey/core'
import { createPasskeys, type Passkey, type Passkeys } from '@latchkey/core/passkeys'
import { useBinding } from './binding.js'
import type { RegisteredUser } from './register.js'
import { useSubmission, type Submission } from './submission.js'

/** What the second step of a login answers. */
type Step = { readonly challenge: string }

/**
 * Signs in by a passkey: `mutate()`; or answers a login that asked for a second factor: `mutate({ challenge })`.
 * A dialog that was closed is the error `passkey_cancelled`.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function usePasskey(): Submission<[step?: Step], LoginResult<RegisteredUser>> {
  const { signIn, verify } = usePasskeys()
  return useSubmission((step?: Step) => (step === undefined ? signIn() : verify(step)))
}

/**
 * Adds a passkey to the account: `mutate('My laptop')`.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useAddPasskey(): Submission<[name: string], Passkey> {
  return useSubmission(usePasskeys().register)
}

/**
 * All calls about passkeys: `list`, `rename`, `remove`, `isSupported`, …
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function usePasskeys(): Passkeys<RegisteredUser> {
  return createPasskeys(useBinding().client)
}
