// The hooks that a form submits with; their secret is which call of the client each one makes.
import type { Credentials, LoginResult, MfaAnswer, RegisterResult } from '@latchkey/core'
import { useAuthClient } from './provider.js'
import type { RegisteredUser } from './register.js'
import type { Submission } from './submission.js'
import { useSubmission } from './use-submission.js'

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
