// Second factors of accounts under test; its secret is that the server side enrolls them by its own routes, and no step is used twice.
import type { Call, Reply } from '@latchkey/engine'
import { Secret, TOTP } from 'otpauth'

/** Somebody's authenticator app, and the backup codes that they wrote down. */
export type Authenticator = {
  /** The code of now, by the mock's clock; each is good once, the next comes after `mock.clock.advance('30s')`. */
  readonly code: () => string
  readonly backupCodes: readonly string[]
}

type Session = {
  readonly accessToken: string
  readonly answer: (call: Call) => Promise<Reply>
  readonly clock: { readonly now: () => number; readonly advance: (by: string) => void }
}

/** Turns the second factor on for whoever the token belongs to. */
export async function enrollAuthenticator({ accessToken, answer, clock }: Session): Promise<Authenticator> {
  const ask = async (step: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json', 'x-latchkey': '1', authorization: `Bearer ${accessToken}` }
    const call: Call = { method: 'POST', path: `/auth/mfa/totp/${step}`, query: {}, headers, body, ip: '127.0.0.1' }
    return (await answer(call)).body as { readonly secret: string; readonly backup_codes: readonly string[] }
  }
  const { secret } = await ask('enroll')
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  const code = () => totp.generate({ timestamp: clock.now() })
  const { backup_codes: backupCodes } = await ask('confirm', { code: code() })
  // The code that confirmed is spent.
  clock.advance('30s')
  return { code, backupCodes }
}
