// Where errors end that nobody expected. Its secret: the caller learns the status, the log the rest (B37).
import { StoreUnavailable, type Reply } from '@latchkey/engine'
import type { ErrorRequestHandler } from 'express'
import { Overloaded } from './passwords.js'
import { refusal, unavailable } from './refusal.js'
import { send } from './wire.js'

/** Answers every error as problem+json, without stack or message; `report` gets those that are the server's own fault. */
export function lastResort(report: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const reply = replyTo(error)
    if (reply.status >= 500) report(error)
    // Too late for a reply of our own: Express ends the connection.
    if (response.headersSent) next(error)
    else send(response, reply, () => [])
  }
}

function replyTo(error: unknown): Reply {
  if (error instanceof StoreUnavailable || error instanceof Overloaded) return unavailable()
  const status = statusOf(error)
  // Express and body parsers mark what the caller got wrong: a path that does not decode, an upload that broke off.
  if (status >= 400 && status < 500) return refusal(status, 'bad_request', 'The request cannot be read.')
  return refusal(500, 'internal_error', 'Something went wrong on the server. Try again later.')
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : 500
  return typeof status === 'number' ? status : 500
}
