// How Django REST framework says no. Its secret: a taken address and a weak password are texts, in lists, by field.
import { fields, type WireProblem } from '../index.js'
import { firstTexts, maybeText } from './spelling.js'

/** A serializer's errors in Latchkey's words: `{field: ['message']}` with 400, or `{detail}` with anything. */
export function readDjango(status: number, body: unknown): WireProblem {
  const message = maybeText(fields(body)['detail'])
  const fieldErrors = message === undefined ? firstTexts(body) : undefined
  const { email, username, password, password1 } = fieldErrors ?? {}
  const isTaken = status === 400 && /already (?:exists|registered)/.test(`${email} ${username}`)
  const isWeak = status === 400 && /password (?:is|must|contains)/i.test(`${password} ${password1}`)
  return { code: isTaken ? 'email_taken' : isWeak ? 'weak_password' : undefined, message, fieldErrors }
}
