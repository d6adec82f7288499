// Which passwords are strong enough; how they are hashed is handed in (B19).
import { bytesOf } from '../encoding.js'

/** Slow password hashing, handed in: argon2id on a real server, something cheap in the mock. */
export type Passwords = {
  readonly hash: (password: string) => Promise<string>
  readonly verify: (hash: string, password: string) => Promise<boolean>
  /** Whether a hash was made with other parameters than the present ones: then the next login makes it anew (B20). */
  readonly isStale?: (hash: string) => boolean
}

/** Longer ones are refused, not cut: a hash of a part would let the rest be anything (S22). */
const maxPasswordBytes = 1024

/** Above all those that reach fifteen characters; shorter ones for whoever lowers the minimum. */
const blocklist = new Set(
  `123456789012345 1234567890123456 12345678901234567890 123456789123456789 1234567891011121314 987654321987654321
  passwordpassword password12345678 passwordpassword1 passw0rdpassw0rd mypasswordismypassword thisismypassword
  qwertyqwertyqwerty qwertyuiopasdfgh qwertyuiop123456 qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm asdfghjklqwertyuiop
  1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o0p 1qaz2wsx3edc4rfv zaq12wsxcde34rfv abcdefghijklmnop abcdefghijklmnopqrstuvwxyz
  letmeinletmeinletmein iloveyouiloveyou iloveyouforever administrator123 welcome123456789 changemechangeme
  password password1 password123 qwertyuiop 1234567890 12345678 123456789 iloveyou sunshine princess football baseball
  trustno1 superman letmein123 welcome1 administrator`.split(/\s+/),
)

/** Whether hashing the password is no burden. */
export const isHashable = (password: string): boolean =>
  password.length <= maxPasswordBytes && bytesOf(password).length <= maxPasswordBytes

/** Why the password must not be chosen, or null. Length is counted in code points; the text is taken exactly as typed. */
export function weakness(password: string, email: string, minLength: number): string | null {
  if (!isHashable(password)) return `It is longer than ${maxPasswordBytes} bytes. Choose a shorter one.`
  if (Array.from(password).length < minLength)
    return `It has fewer than ${minLength} characters. A few words make a good one.`
  const plain = password.toLowerCase()
  if (blocklist.has(plain)) return 'It is among the most common passwords. Choose another one.'
  return plain === email ? 'It is your email address. Choose another one.' : null
}
