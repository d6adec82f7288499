// The contract, as laws that hold over every transport: whatever answers by them is a Latchkey server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountLaws } from './account-laws.js'
import { adminLaws } from './admin-laws.js'
import { bearerLaws } from './bearer-laws.js'
import { csrfLaws } from './csrf-laws.js'
import { factorLaws } from './factor-laws.js'
import { kindLaws } from './kind-laws.js'
import { passkeyLaws } from './passkey-laws.js'
import { stepUpLaws } from './step-up-laws.js'
import { elsewhereFactorLaws } from './elsewhere-factor-laws.js'
import { deletionLaws } from './deletion-laws.js'
import { emailChangeLaws } from './email-change-laws.js'
import { expiryLaws } from './expiry-laws.js'
import { firstComerLaws } from './first-comer-laws.js'
import { foreignLaws } from './foreign-laws.js'
import { grantLaws } from './grant-laws.js'
import { inputLaws } from './input-laws.js'
import { mailLaws } from './mail-laws.js'
import { passwordLaws } from './password-laws.js'
import { reuseLaws } from './reuse-laws.js'
import { rotationLaws } from './rotation-laws.js'
import { sessionLaws } from './session-laws.js'
import { signInElsewhereLaws } from './sign-in-elsewhere-laws.js'
import type { Transport } from './transport.js'

const chapters = [
  grantLaws,
  rotationLaws,
  reuseLaws,
  expiryLaws,
  csrfLaws,
  bearerLaws,
  sessionLaws,
  accountLaws,
  adminLaws,
  foreignLaws,
  inputLaws,
  mailLaws,
  emailChangeLaws,
  passwordLaws,
  factorLaws,
  stepUpLaws,
  passkeyLaws,
  kindLaws,
  signInElsewhereLaws,
  elsewhereFactorLaws,
  firstComerLaws,
  deletionLaws,
]

/** The routes of DESIGN.md's table; a transport may have more. */
const promised = [
  'POST /auth/register',
  'POST /auth/login',
  'POST /auth/refresh',
  'POST /auth/refresh/ack',
  'POST /auth/logout',
  'POST /auth/logout-all',
  'GET /auth/me',
  'PATCH /auth/me',
  'DELETE /auth/me',
  'GET /auth/sessions',
  'DELETE /auth/sessions/:id',
  'DELETE /auth/sessions',
  'POST /auth/email/verify',
  'POST /auth/email/resend',
  'POST /auth/email/change',
  'POST /auth/email/change/confirm',
  'POST /auth/password/forgot',
  'POST /auth/password/reset',
  'POST /auth/password/change',
  'GET /auth/oauth/:provider',
  'GET /auth/oauth/:provider/callback',
  'POST /auth/mfa/verify',
  'POST /auth/mfa/totp/enroll',
  'POST /auth/mfa/totp/confirm',
  'DELETE /auth/mfa/totp',
  'POST /auth/mfa/backup-codes',
  'GET /admin/users',
  'PATCH /admin/users/:id',
  'DELETE /admin/users/:id/sessions',
  'GET /admin/audit',
  'GET /.well-known/jwks.json',
]

/** Holds the whole contract over one transport, opened once, with users of its own in every law. */
export function contractLaws(name: string, openTransport: () => Promise<Transport>): void {
  describe(`the contract over ${name}`, () => {
    let open: Transport | null = null
    const transport = (): Transport => {
      if (open === null) throw new Error(`The transport ${name} is not open: look at the error of beforeAll.`)
      return open
    }

    beforeAll(async () => {
      open = await openTransport()
    })
    afterAll(async () => {
      await open?.close()
    })

    test('the table has every route that was promised, each under a name of its own', () => {
      const { routes } = transport()
      expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(expect.arrayContaining(promised))
      expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length)
    })

    for (const laws of chapters) laws(transport)
  })
}
