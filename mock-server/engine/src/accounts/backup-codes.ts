// Backup codes: ten, for whoever has lost the phone. Its secret: the first signs say which one, the rest is hashed slowly (B25).
import type { Passwords } from './password.js'

/** Without those that people take for one another. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const count = 10
const selectorLength = 3
const secretLength = 10

/** Codes as they are shown once, and as they rest. */
export type NewBackupCodes = { readonly shown: readonly string[]; readonly resting: readonly string[] }

/** Ten codes like `k7m-x4gqn-w2hpd`: 49 random bits each, so each rests under the slow hash of passwords. */
export async function newBackupCodes(passwords: Passwords): Promise<NewBackupCodes> {
  const selectors = new Set<string>()
  while (selectors.size < count) selectors.add(randomSigns(selectorLength))
  const made = [...selectors].map((selector) => ({ selector, secret: randomSigns(secretLength) }))
  const hashes = await Promise.all(made.map(({ secret }) => passwords.hash(secret)))
  return {
    shown: made.map(({ selector, secret }) => `${selector}-${secret.slice(0, 5)}-${secret.slice(5)}`),
    resting: made.map(({ selector }, at) => `${selector}:${hashes[at] ?? ''}`),
  }
}

/** Which of the resting codes a typed one is; null for none. One slow hash is compared on either path. */
export async function matchBackupCode(
  typed: string,
  resting: readonly string[],
  passwords: Passwords,
  decoy: string,
): Promise<string | null> {
  const signs = typed.toLowerCase().replaceAll(/[\s-]/g, '')
  const meant = resting.find((code) => code.startsWith(`${signs.slice(0, selectorLength)}:`))
  const hash = meant?.slice(selectorLength + 1) ?? decoy
  const matches = await passwords.verify(hash, signs.slice(selectorLength))
  return matches && meant !== undefined ? meant : null
}

/** Bytes beyond the last whole multiple are thrown away: every sign is as likely as every other. */
function randomSigns(length: number): string {
  const fair = 256 - (256 % alphabet.length)
  let signs = ''
  while (signs.length < length) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1))
    if (byte < fair) signs += alphabet.charAt(byte % alphabet.length)
  }
  return signs
}
