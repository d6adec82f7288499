// The composables that a form submits with; their secret is which call of the client each one makes.
import type { Credentials, LoginResult, MfaAnswer, RegisterResult } from '@latchkey/core'
import { useBinding } from './binding.js'
import type { RegisteredUser } from './register.js'
import { useSubmission, type Submission } from './submission.js'

export type { FieldErrors, Submission } from './submission.js'

/**
 * Signs in: `mutate({ email, password })`.
 * Where `data.value.status` is `mfa-required`, its `challenge` goes to `useMfa`.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useLogin(): Submission<[credentials: Credentials], LoginResult<RegisteredUser>> {
  return useSubmission(useBinding().client.login)
}

/**
 * Registers: `mutate({ email, password, … })`; `fieldErrors` says which field the server refused, and why.
 * `data.value.status` is `registered` where the backend does not sign in by that.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useRegister(): Submission<[input: Credentials], RegisterResult<RegisteredUser>> {
  return useSubmission(useBinding().client.register)
}

/**
 * Answers a login that asked for a second factor: `mutate({ challenge, code })`.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useMfa(): Submission<[answer: MfaAnswer], LoginResult<RegisteredUser>> {
  return useSubmission(useBinding().client.verifyMfa)
}

/**
 * Signs out: `mutate()`, or `mutate({ everywhere: true })`. The page is signed out at once, while the server is told.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useLogout(): Submission<[options?: { readonly everywhere?: boolean }], void> {
  return useSubmission(useBinding().client.logout)
}
