// How calls are spelled. Its secret: paths without a leading slash, which resolve under the client's baseURL.
import type { Credentials, Profile, WireCall } from '../index.js'

/** What people sign in with where the backend knows them by their address. */
export type EmailPassword = Credentials & { readonly email: string; readonly password: string }

/** What people sign in with where it knows them by a name: the form may call it `username`, `email` or as the backend does. */
export type NamePassword<Field extends string = 'username'> = Credentials & { readonly password: string } & (
    | { readonly username: string }
    | { readonly email: string }
    | Readonly<Record<Field, string>>
  )

/** A user of whom the profile asks nothing. */
export type AnyUser = Readonly<Record<string, unknown>>

/** A GET. */
export const get = (path: string, headers?: Readonly<Record<string, string>>): WireCall => ({
  method: 'GET',
  path,
  ...(headers !== undefined && { headers }),
})

/** A POST of JSON, or of nothing. */
export const post = (path: string, json?: unknown, headers?: Readonly<Record<string, string>>): WireCall => ({
  method: 'POST',
  path,
  ...(json !== undefined && { json }),
  ...(headers !== undefined && { headers }),
})

/** A DELETE. */
export const remove = (path: string): WireCall => ({ method: 'DELETE', path })

/** The header of backends that want their refresh token, or the last access token, where others want the bearer. */
export const bearer = (token = ''): Readonly<Record<string, string>> => ({ Authorization: `Bearer ${token}` })

/** The name that people typed, under the field where this backend wants it: the form may call it that, `email` or `username`. */
export function named(credentials: Credentials, field: string): Credentials {
  const { email, username, ...rest } = credentials
  return { ...rest, [field]: credentials[field] ?? email ?? username }
}

/** What a password form posts (RFC 6749 §4.3.2): the name is `username` there, whatever the app's own form calls it. */
export function passwordForm(credentials: Credentials): Readonly<Record<string, string>> {
  const { username, password } = named(credentials, 'username')
  return { grant_type: 'password', username: asText(username), password: asText(password) }
}

/** Where the user is told, if the backend has such a route. */
export const asking = (me: string | undefined): Pick<Profile, 'me'> => (me === undefined ? {} : { me: () => get(me) })

/** The seconds that a token lives, where the app knows what the backend does not say. */
export const living = (lifetime: number | undefined): Pick<Profile, 'lifetime'> =>
  lifetime === undefined ? {} : { lifetime }

/**
 * Seconds from the answer to a moment on the server's clock, ISO 8601 or epoch milliseconds, by the answer's own `Date`;
 * undefined where that is hidden from the page (CORS): the device's clock is not asked.
 */
export function secondsUntil(moment: unknown, headers: Headers): number | undefined {
  const at = typeof moment === 'number' ? moment : Date.parse(maybeText(moment) ?? '')
  const seconds = (at - Date.parse(headers.get('Date') ?? '')) / 1000
  return Number.isNaN(seconds) ? undefined : seconds
}

/** The field as a text that may be missing. */
export const maybeText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** The field as a number that may be missing. */
export const maybeNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

/** The first text of each field: `{ field: ['message', …] }` or `{ field: 'message' }`, as most frameworks tell them. */
export function firstTexts(errors: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof errors !== 'object' || errors === null) return undefined
  const told = Object.entries(errors).flatMap(([field, message]: [string, unknown]) => {
    const first = maybeText(Array.isArray(message) ? message[0] : message)
    return first === undefined ? [] : [[field, first] as const]
  })
  return told.length === 0 ? undefined : Object.fromEntries(told)
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
