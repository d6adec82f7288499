// Passkeys as hooks, apart because of the library that they bring; their secret is one set of calls a client.
import type { LoginResult } from '@latchkey/core'
import { createPasskeys, type Passkey, type Passkeys } from '@latchkey/core/passkeys'
import { useMemo } from 'react'
import { useAuthClient } from './provider.js'
import type { RegisteredUser } from './register.js'
import type { Submission } from './submission.js'
import { useSubmission } from './use-submission.js'

/** What the second step of a login answers. */
type Step = { readonly challenge: string }

/**
 * Signs in by a passkey: `mutate()`; or answers a login that asked for a second factor: `mutate({ challenge })`.
 * A dialog that was closed is the error `passkey_cancelled`.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function usePasskey(): Submission<[step?: Step], LoginResult<RegisteredUser>> {
  const { signIn, verify } = usePasskeys()
  const call = useMemo(() => (step?: Step) => (step === undefined ? signIn() : verify(step)), [signIn, verify])
  return useSubmission(call)
}

/**
 * Adds a passkey to the account: `mutate('My laptop')`.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useAddPasskey(): Submission<[name: string], Passkey> {
  return useSubmission(usePasskeys().register)
}

/**
 * All calls about passkeys: `list`, `rename`, `remove`, `isSupported`, …; the same ones until the client is another.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function usePasskeys(): Passkeys<RegisteredUser> {
  const client = useAuthClient()
  return useMemo(() => createPasskeys(client), [client])
}
