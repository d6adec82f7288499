// The owner's letter box in the laws' hands: which mails came, and the token in a link.
import type { Mail } from '@latchkey/engine'
import { expect } from 'vitest'
import type { Received, Sent, Transport } from './transport.js'
import { openDevice } from './device.js'

/** Mails to one address, oldest first. */
export const lettersTo = async (transport: Transport, email: string): Promise<readonly Mail[]> =>
  (await transport.mails()).filter(({ to }) => to === email)

/** The token of the newest mail of its kind to that address. */
export async function tokenFor(
  transport: Transport,
  email: string,
  kind: 'verify-email' | 'reset-password' | 'change-email',
): Promise<string> {
  const mail = (await lettersTo(transport, email)).findLast((letter) => letter.kind === kind)
  expect(mail).toMatchObject({ kind, link: expect.stringContaining('#token=') })
  return mail !== undefined && 'link' in mail ? (mail.link.split('#token=')[1] ?? '') : ''
}

/** A POST from a browser in which nobody is signed in. */
export const stranger = (transport: Transport, path: string, body: unknown, more: Partial<Sent> = {}) =>
  openDevice(transport).send({ method: 'POST', path, body, ...more })

/** Sets a new password by the link of a mail, as whoever reads that letter box does. */
export async function resetByMail(transport: Transport, email: string): Promise<string> {
  const password = `the own pass phrase of ${email}`
  await stranger(transport, '/auth/password/forgot', { email })
  const token = await tokenFor(transport, email, 'reset-password')
  expect((await stranger(transport, '/auth/password/reset', { token, password })).status).toBe(204)
  return password
}

/** How a link that opens nothing is refused. */
export const dead = {
  status: 422,
  body: { code: 'invalid_input', errors: { token: expect.any(String) } },
  setCookie: [],
}

/** How many of the replies had that status. */
export const countOf = (replies: readonly Received[], wanted: number): number =>
  replies.filter(({ status }) => status === wanted).length
