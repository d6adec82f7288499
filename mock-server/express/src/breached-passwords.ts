// Whether a password is in the world's breaches. Its secret: five hex digits of its digest are all that leaves this machine (B19).
import { createHash } from 'node:crypto'
import type { EngineOptions } from '@latchkey/engine'

/** Answers are some 40 kB; who sends much more is no such server. */
const largest = 1_000_000

/** What a look-up came to: `unavailable` where the server did not answer as it should, and the password was let pass. */
export type BreachVerdict = 'breached' | 'clean' | 'unavailable'

export type BreachedPasswordsOptions = {
  /** The range endpoint without a slash at its end, `https://api.pwnedpasswords.com/range`, or a mirror of it. */
  readonly url: string
  /** Milliseconds; 2,000 where absent. */
  readonly timeout?: number
  /** Told of every look-up, with what failed where something did. Must not throw. */
  readonly onVerdict?: (verdict: BreachVerdict, error: unknown) => void
}

/**
 * Looks passwords up by the range protocol of Have I Been Pwned (k-anonymity, padded answers). Never rejects: where the
 * server is slow, down or odd, the password counts as clean, for a sign-up must not depend on somebody else's machine.
 * @see https://haveibeenpwned.com/API/v3#PwnedPasswords
 */
export function createBreachedPasswords({
  url,
  timeout = 2_000,
  onVerdict = () => undefined,
}: BreachedPasswordsOptions): NonNullable<EngineOptions['isBreached']> {
  return async (password) => {
    const digest = createHash('sha1').update(password).digest('hex').toUpperCase()
    try {
      const isBreached = await looksUp(url, digest, AbortSignal.timeout(timeout))
      onVerdict(isBreached ? 'breached' : 'clean', null)
      return isBreached
    } catch (error) {
      onVerdict('unavailable', error)
      return false
    }
  }
}

async function looksUp(url: string, digest: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(`${url}/${digest.slice(0, 5)}`, {
    headers: { 'add-padding': 'true', 'user-agent': 'latchkey-server', accept: 'text/plain' },
    redirect: 'error',
    signal,
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`The server of breached passwords answered ${response.status}.`)
  }
  return mentions(await textOf(response), digest.slice(5))
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > largest) throw new Error('The server of breached passwords answers with more than 1 MB.')
  }
  return text
}

/** Lines of `SUFFIX:COUNT`; those with a count of zero are padding. */
function mentions(text: string, suffix: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  if (!lines.every((line) => /^[\dA-F]{35}:\d+$/i.test(line))) {
    throw new Error('The server of breached passwords answers with something else than a range.')
  }
  return lines.some((line) => line.slice(0, 35).toUpperCase() === suffix && Number(line.slice(36)) > 0)
}
