// Which passwords are strong enough; how they are hashed, and whether they leaked, is handed in (B19).
import { bytesOf } from '../encoding.js'
import { commonPasswords } from './common-passwords.js'
import { guessesOf, wordsOf } from './guesses.js'

/** Slow password hashing, handed in: argon2id on a real server, something cheap in the mock. */
export type Passwords = {
  readonly hash: (password: string) => Promise<string>
  readonly verify: (hash: string, password: string) => Promise<boolean>
  /** Whether a hash was made with other parameters than the present ones: then the next login makes it anew (B20). */
  readonly isStale?: (hash: string) => boolean
}

/** Whether a password is among those of known breaches. Does not reject: who cannot tell says false. */
export type IsBreached = (password: string) => Promise<boolean>

/** Whose password it is to be. */
type Chooser = { readonly email: string; readonly displayName: string | null }

/** Why the person must not choose the password, or null. The text is taken exactly as typed. */
export type Weakness = (password: string, chooser: Chooser) => Promise<string | null>

/** Longer ones are refused, not cut: a hash of a part would let the rest be anything (S22). */
const maxPasswordBytes = 1024

/** Decimal logarithm: more than any attacker tries against a slow hash (zxcvbn's best mark). */
const enoughGuesses = 10

/** Whether hashing the password is no burden. */
export const isHashable = (password: string): boolean =>
  password.length <= maxPasswordBytes && bytesOf(password).length <= maxPasswordBytes

/**
 * The rules for new passwords: length in code points, no common password nor one that is put together from few of them or
 * of the person's and the app's own words, and none of a known breach. No rule says which characters there must be.
 * @see NIST SP 800-63B-4 section 3.1.1.2; ASVS 5.0 section 6.2
 */
export function createWeakness({
  minLength,
  appName,
  isBreached,
}: {
  readonly minLength: number
  readonly appName: string
  readonly isBreached: IsBreached
}): Weakness {
  // Digits alone, of the least length, are enough: a low minimum must not be raised from behind.
  const least = Math.min(enoughGuesses, minLength)
  return async (password, { email, displayName }) => {
    if (!isHashable(password)) return `It is longer than ${maxPasswordBytes} bytes. Choose a shorter one.`
    if (Array.from(password).length < minLength)
      return `It has fewer than ${minLength} characters. A few words make a good one.`
    if (password.toLowerCase() === email) return 'It is your email address. Choose another one.'
    const guesses = guessesOf(password, wordsOf([appName, email, displayName]), await commonPasswords())
    if (guesses < least) return 'It is too easy to guess. Use a few words that do not belong together.'
    return (await isBreached(password))
      ? 'It was in a data breach, so attackers try it first. Choose another one.'
      : null
  }
}
