// The owner's phone in the laws' hands: an authenticator app of its own making, by RFC 6238 and nothing of the server's.
import { createHmac } from 'node:crypto'
import { expect } from 'vitest'
import { openDevice, password, signUp, type Device } from './device.js'
import type { Received, Transport } from './transport.js'

const stepMs = 30_000

/** The code at a moment in milliseconds, `steps` later or earlier. */
export function codeAt(secret: string, now: number, steps = 0): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now / stepMs) + steps))
  const hash = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const offset = (hash.at(-1) ?? 0) & 0xf
  return String((hash.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0')
}

function fromBase32(text: string): Buffer {
  const bits = Array.from(text, (sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'))
  const bytes = bits.join('').match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}

/** Somebody whose account asks for a code, signed in on one device. */
export type Guarded = {
  readonly device: Device & { readonly email: string }
  readonly secret: string
  readonly backupCodes: readonly string[]
  /** The code that the phone shows, or showed some steps ago. */
  readonly code: (steps?: number) => string
}

/** Signs somebody up and turns the second factor on; the code of the step before is used up by that. */
export async function signUpGuarded(transport: Transport): Promise<Guarded> {
  const device = await signUp(transport)
  const enrolled = await device.send({ method: 'POST', path: '/auth/mfa/totp/enroll' })
  const { secret } = enrolled.body as { secret: string }
  const code = (steps = 0) => codeAt(secret, transport.now(), steps)
  const confirmed = await device.send({ method: 'POST', path: '/auth/mfa/totp/confirm', body: { code: code(-1) } })
  expect(confirmed).toMatchObject({ status: 200 })
  const { backup_codes: backupCodes } = confirmed.body as { backup_codes: readonly string[] }
  return { device, secret, backupCodes, code }
}

/** The first step of a login: the reply that asks for a second one. */
export const firstStep = (transport: Transport, email: string, device: Device = openDevice(transport)) =>
  device.send({ method: 'POST', path: '/auth/login', body: { email, password } })

/** The challenge of a fresh login. */
export async function challengeFor(transport: Transport, email: string): Promise<string> {
  return challengeIn(await firstStep(transport, email))
}

export function challengeIn({ body }: Received): string {
  expect(body).toMatchObject({ mfa_required: true, challenge: expect.any(String) })
  return (body as { challenge: string }).challenge
}

/** The second step, from a browser in which nobody is signed in. */
export const secondStep = (transport: Transport, body: unknown, device: Device = openDevice(transport)) =>
  device.send({ method: 'POST', path: '/auth/mfa/verify', body })

/** Waits for the step after the next: every code so far is used up or too old. */
export const nextSteps = (transport: Transport) => transport.advance(2 * stepMs)
