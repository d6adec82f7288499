// A recording signed in, and what is looked at then.
import { expect } from 'vitest'
import type { Session, TokenStorage } from '../../src/index.js'
import { open, project, type Opened } from './recorded.js'
import type { Call, Recording } from './recording.js'

/** The last such call looked so. */
export const expectSent = (opened: Opened, { call, body, authorization, headers = {} }: Call): void => {
  const seen = opened.callsOf(call).at(-1)
  expect(opened.sent.map((one) => one.call)).toContain(call)
  expect(seen?.body).toEqual(body)
  if (authorization !== undefined) expect(seen?.authorization).toBe(authorization)
  expect(seen?.headers).toMatchObject(headers)
}

export const statusOf = ({ auth }: Opened): Session<unknown>['status'] => auth.$session.get().status

/** Somebody logged in with the recording’s own credentials. */
export async function signedIn(recording: Recording, storage?: TokenStorage): Promise<Opened> {
  const opened = open(recording, storage)
  await opened.auth.login(recording.credentials)
  return opened
}

/** An app’s request carries the last token, or the cookies where the bearer is one. */
export async function expectBearer(opened: Opened, recording: Recording): Promise<void> {
  await opened.auth.fetch('https://api.test/projects')
  const seen = opened.callsOf(project).at(-1)
  const isCookie = recording.profile.bearer === 'cookie'
  const { scheme = 'Bearer' } = recording
  expect(seen?.authorization).toBe(isCookie ? null : `${scheme} ${opened.tokens().access}`.trim())
  if (isCookie) expect(seen?.credentials).toBe('include')
}
