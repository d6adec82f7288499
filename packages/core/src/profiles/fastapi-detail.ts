// How the FastAPI family says no: `{detail}`, a text or the list of a 422. Its secret: which of them is about the session.
import { fields, type EndReason, type WireProblem } from '../index.js'
import { maybeText } from './spelling.js'

/**
 * The definitive no to a refresh token in a body or a query: a JSON 401 with FastAPI's own shape.
 * @see https://fastapi.tiangolo.com/tutorial/handling-errors/
 */
export const isTokenRefused = (status: number, body: unknown): boolean =>
  status === 401 && maybeText(fields(body)['detail']) !== undefined

/**
 * The definitive no to a refresh cookie. A page that never signed in gets the same 401 as one whose session ended, so
 * the answer is `no-session`, which the client reads as `expired` where somebody is signed in. A required `Cookie()`
 * that did not come is FastAPI's 422.
 */
export const isCookieRefused = (status: number, body: unknown): EndReason | false =>
  isTokenRefused(status, body) || (status === 422 && problemsOf(body).some(({ loc }) => loc[0] === 'cookie'))
    ? 'no-session'
    : false

/** FastAPI's `{detail}` in Latchkey's words. Older tutorials say a wrong password with 400, and a taken email too. */
export function readDetail(status: number, body: unknown): WireProblem {
  const message = maybeText(fields(body)['detail'])
  const problems = problemsOf(body)
  if (problems.length > 0)
    return {
      message: problems[0]?.msg,
      fieldErrors: Object.fromEntries(problems.map(({ loc, msg }) => [String(loc.at(-1)), msg])),
    }
  if (message === undefined) return {}
  return { code: status === 409 || status === 400 ? codeOf(status, message) : undefined, message }
}

function codeOf(status: number, message: string): string | undefined {
  if (status === 409 || /already|exists|registered/i.test(message)) return 'email_taken'
  return /incorrect|invalid credentials|invalid (?:email|username)/i.test(message) ? 'invalid_credentials' : undefined
}

type Problem = { readonly loc: readonly unknown[]; readonly msg: string }

function problemsOf(body: unknown): readonly Problem[] {
  const { detail } = fields(body)
  if (!Array.isArray(detail)) return []
  return detail.flatMap((problem) => {
    const { loc, msg } = fields(problem)
    return Array.isArray(loc) && typeof msg === 'string' ? [{ loc, msg }] : []
  })
}
