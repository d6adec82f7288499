// One backend as it was recorded: what it is sent, and what it answers.
import type { Credentials, Profile } from '../../src/index.js'

/** The tokens of one grant. */
export type Tokens = { readonly access: string; readonly refresh: string }

/** What a call looks like on the wire; `body` is JSON, or a form as an object. */
export type Call = {
  /** Method, path and query. */
  readonly call: string
  readonly body?: unknown
  readonly authorization?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

export type Refusal = readonly [status: number, body: unknown]

export type Recording = {
  readonly profile: Profile
  /** What stands before the token in `Authorization`; `Bearer` unless told otherwise. */
  readonly scheme?: string
  readonly credentials: Credentials
  readonly login: Call & {
    /** JSON, or a whole response. */
    readonly answer: (tokens: Tokens) => unknown
    /** What the answer says in headers. */
    readonly answerHeaders?: (tokens: Tokens) => Readonly<Record<string, string>>
  }
  readonly wrong: Refusal
  /** Null where the backend has no refresh. */
  readonly refresh: {
    readonly sends: (spent: Tokens) => Call
    readonly answer: (tokens: Tokens) => unknown
    readonly answerHeaders?: (tokens: Tokens) => Readonly<Record<string, string>>
    /** The answer of a backend that does not rotate: it brings no refresh token. */
    readonly plain?: (tokens: Tokens) => unknown
    readonly refused: Refusal
  } | null
  /** Null where the backend has no such route. */
  readonly logout: ((tokens: Tokens) => Call) | null
  readonly me?: Call & { readonly answer: unknown }
  readonly register?: Call & {
    readonly input: Credentials
    readonly status: number
    readonly answer: unknown
    readonly signsIn?: true
  }
  readonly user: Readonly<Record<string, unknown>>
  /** What the access token says beside `exp`; `iat: undefined` where it says none. Null where it is opaque. */
  readonly claims: Readonly<Record<string, unknown>> | null
  /** Seconds; `Infinity` where nobody says. */
  readonly lifetime: number
}
