// The second factor of an account: codes of an authenticator, and backup codes. The secret is that a code counts once (B24, B25).
import { matchBackupCode, newBackupCodes } from './accounts/backup-codes.js'
import type { Passwords } from './accounts/password.js'
import { millisecondsOf, type EngineClock } from './clock.js'
import type { FactorStore, Totp, TryBudget } from './factor-store.js'
import type { Sealing } from './sealing.js'
import { type Account, StoreUnavailable } from './store.js'
import { inviteToTotp, newTotpSecret, stepOf, type TotpInvitation } from './totp.js'

/** What a code came to: which kind was right, `wrong`, or `exhausted`: too many were wrong lately. */
type CodeVerdict = 'totp' | 'backup_code' | 'wrong' | 'exhausted'

/** What is known of an account's second factor. */
type FactorStatus = { readonly totp: boolean; readonly backupCodesLeft: number }

/** Turns the second factor on and off, and looks at codes. */
export type SecondFactor = {
  readonly status: (accountId: string) => Promise<FactorStatus>
  /** A new secret, pending; null where a confirmed one is in use. */
  readonly enroll: (account: Account) => Promise<TotpInvitation | null>
  /** Turns it on by a first code; the backup codes, for once; null where the code is wrong or nothing is pending. */
  readonly confirm: (accountId: string, code: string) => Promise<readonly string[] | null>
  /** False where it was not on. */
  readonly disable: (accountId: string) => Promise<boolean>
  /** New backup codes in the place of the old ones; null where it is not on. */
  readonly renewBackupCodes: (accountId: string) => Promise<readonly string[] | null>
  /** Looks at a code of either kind, and uses it up where it is right. */
  readonly check: (accountId: string, code: string) => Promise<CodeVerdict>
  /** Seals every secret by the pepper in use, a hundred at a time; safe beside logins, and to be run again. */
  readonly resealAll: () => Promise<Resealed>
}

/** How many secrets were sealed anew, and how many no pepper opens: their owners are left with backup codes and passkeys. */
export type Resealed = { readonly resealed: number; readonly unreadable: number }

export type SecondFactorParts = {
  readonly store: FactorStore
  readonly clock: EngineClock
  readonly passwords: Passwords
  readonly sealing: Sealing
  readonly decoyHash: () => Promise<string>
  /** Whose codes they are, as authenticator apps show it. */
  readonly issuer: string
}

/** Beside the five tries of a challenge: who knows the password may fetch challenges without end. */
const budget: TryBudget = { tries: 20, within: 3_600_000 }

const batch = 100

const placeOf = (accountId: string): string => `totp ${accountId}`

/** The second factor of every account in the store. */
export function createSecondFactor(parts: SecondFactorParts): SecondFactor {
  const { store, clock, passwords, sealing, decoyHash, issuer } = parts

  const stepIn = async ({ accountId, secret }: Totp, code: string): Promise<number | null> => {
    const opened = await sealing.open(secret, placeOf(accountId))
    return opened === null ? null : stepOf(opened, code, millisecondsOf(clock))
  }

  const checkStep = async (totp: Totp, code: string): Promise<CodeVerdict> => {
    const step = await stepIn(totp, code)
    if (step === null || !(await store.acceptStep(totp.accountId, step))) return 'wrong'
    // The code is used up by now: that the sealing has to wait for the next one must not cost this login.
    await reseal(totp).catch((cause: unknown) => {
      if (!(cause instanceof StoreUnavailable)) throw cause
    })
    return 'totp'
  }

  /** Whether the secret was by an old pepper, and is by the one in use now. */
  const reseal = async ({ accountId, secret }: Totp): Promise<boolean> => {
    const sealed = await sealing.renew(secret, placeOf(accountId))
    return sealed !== null && store.resealTotp(accountId, secret, sealed)
  }

  const resealAll = async (): Promise<Resealed> => {
    let [resealed, unreadable, after] = [0, 0, '']
    for (;;) {
      const totps = await store.listTotps({ after, limit: batch })
      for (const totp of totps) {
        if ((await sealing.open(totp.secret, placeOf(totp.accountId))) === null) unreadable += 1
        else if (await reseal(totp)) resealed += 1
      }
      const last = totps.at(-1)
      if (last === undefined) return { resealed, unreadable }
      after = last.accountId
    }
  }

  const checkBackupCode = async ({ accountId, backupCodes }: Totp, code: string): Promise<CodeVerdict> => {
    const meant = await matchBackupCode(code, backupCodes, passwords, await decoyHash())
    return meant !== null && (await store.spendBackupCode(accountId, meant)) ? 'backup_code' : 'wrong'
  }

  const enrollWith = async (accountId: string, secret: string): Promise<boolean> =>
    store.enrollTotp(accountId, await sealing.seal(secret, placeOf(accountId)))

  const confirmAt = async (totp: Totp, step: number): Promise<readonly string[] | null> => {
    const { shown, resting } = await newBackupCodes(passwords)
    return (await store.confirmTotp(totp.accountId, totp.secret, step, resting)) ? shown : null
  }

  return {
    status: async (accountId) => {
      const totp = await store.totpOf(accountId)
      const isOn = totp !== null && totp.confirmedAt !== null
      return { totp: isOn, backupCodesLeft: isOn ? totp.backupCodes.length : 0 }
    },
    enroll: async ({ id, email }) => {
      const secret = newTotpSecret()
      return (await enrollWith(id, secret)) ? inviteToTotp(secret, issuer, email) : null
    },
    confirm: async (accountId, code) => {
      const totp = await store.totpOf(accountId)
      if (totp === null || totp.confirmedAt !== null) return null
      const step = await stepIn(totp, withoutSpaces(code))
      return step === null ? null : confirmAt(totp, step)
    },
    disable: async (accountId) => store.removeTotp(accountId),
    renewBackupCodes: async (accountId) => {
      const { shown, resting } = await newBackupCodes(passwords)
      return (await store.replaceBackupCodes(accountId, resting)) ? shown : null
    },
    check: async (accountId, code) => {
      const totp = await store.tryTotp(accountId, budget)
      if (totp === null) return 'exhausted'
      const digits = withoutSpaces(code)
      return /^\d{6}$/.test(digits) ? checkStep(totp, digits) : checkBackupCode(totp, code)
    },
    resealAll,
  }
}

const withoutSpaces = (code: string): string => code.replaceAll(/\s/g, '')
