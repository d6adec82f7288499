// The hooks that a form submits with; their secret is that an unmounted form hears nothing any more.
import type { Credentials, LoginResult, MfaAnswer, RegisterResult } from '@latchkey/core'
import { useMemo, useSyncExternalStore } from 'react'
import { useAuthClient } from './provider.js'
import type { RegisteredUser } from './register.js'
import { createSubmission, type Submission } from './submission.js'

export type { FieldErrors, Submission, SubmissionActions, SubmissionState } from './submission.js'

/**
 * Signs in: `mutate({ email, password })`.
 * Where `data.status` is `mfa-required`, its `challenge` goes to `useMfa`.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useLogin(): Submission<[credentials: Credentials], LoginResult<RegisteredUser>> {
  return useSubmission(useAuthClient().login)
}

/**
 * Registers: `mutate({ email, password, … })`; `fieldErrors` says which field the server refused, and why.
 * `data.status` is `registered` where the backend does not sign in by that.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useRegister(): Submission<[input: Credentials], RegisterResult<RegisteredUser>> {
  return useSubmission(useAuthClient().register)
}

/**
 * Answers a login that asked for a second factor: `mutate({ challenge, code })`.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useMfa(): Submission<[answer: MfaAnswer], LoginResult<RegisteredUser>> {
  return useSubmission(useAuthClient().verifyMfa)
}

/**
 * Signs out: `mutate()`, or `mutate({ everywhere: true })`. The page is signed out at once, while the server is told.
 * @throws AuthError `misconfigured` outside of an `<AuthProvider>`.
 */
export function useLogout(): Submission<[options?: { readonly everywhere?: boolean }], void> {
  return useSubmission(useAuthClient().logout)
}

/** Another client begins anew. */
function useSubmission<Input extends readonly unknown[], Result>(
  call: (...input: Input) => Promise<Result>,
): Submission<Input, Result> {
  const { listen, current } = useMemo(() => createSubmission(call), [call])
  return useSyncExternalStore(listen, current, current)
}
