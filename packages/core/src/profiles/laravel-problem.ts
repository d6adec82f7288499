// How Laravel says no: `{message, errors}` with 422. Its secret: a wrong password is a 422 of the `email` field too.
import { fields, type WireProblem } from '../index.js'
import { firstTexts, maybeText } from './spelling.js'

/** The user as Laravel's `User` model serializes: whatever else it tells, it tells the email. */
export type LaravelUser = { readonly id: number | string; readonly email: string; readonly name?: string }

/** Laravel's validation errors in Latchkey's words, by the texts of its own language files. */
export function readLaravel(status: number, body: unknown): WireProblem {
  const { message, error, errors } = fields(body)
  const said = maybeText(message) ?? maybeText(error)
  const fieldErrors = firstTexts(errors)
  return { code: codeOf(status, said ?? '', fieldErrors ?? {}), message: said, fieldErrors }
}

function codeOf(status: number, said: string, { email, password, code }: Readonly<Record<string, string>>) {
  if (status === 419) return 'csrf'
  if (status !== 422) return undefined
  if (/already been taken/i.test(email ?? '')) return 'email_taken'
  if (/credentials (?:do not match|are incorrect)/i.test(`${said} ${email}`)) return 'invalid_credentials'
  if (code !== undefined) return 'mfa_invalid'
  return /at least|must contain|data leak/i.test(password ?? '') ? 'weak_password' : undefined
}
