// Parses `WWW-Authenticate`; its secrets are quoting, several challenges in one header, and linear time.

/** One challenge: its scheme in lower case, its parameters by lower-case name. */
export type Challenge = { readonly scheme: string; readonly params: ReadonlyMap<string, string> }

// One match: `name = value` with the value quoted or plain, a word alone, a quoted string astray, or a comma.
const part =
  /([\w!#$%&'*+.^`|~-]+)[ \t]*(?:=[ \t]*(?:"([^"\\]*(?:\\.[^"\\]*)*\\?)"?|([\w!#$%&'*+.^`|~-]*)))?|"[^"\\]*(?:\\.[^"\\]*)*"?|,/gs

/**
 * Every challenge of the header, in order. What does not parse is skipped, token68 is left out. Never throws on headers
 * that reach a page (4 MB of backslashes are read; browsers stop at 256 kB).
 * Linear in the header's length.
 * @see RFC 9110 §11.6.1
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const found: { scheme: string; params: Map<string, string> }[] = []
  /** Past the first word of a list element, where no scheme can be. */
  let inElement = false
  for (const [all, word, quoted, plain] of header.matchAll(part)) {
    const value = quoted?.replace(/\\(.)/gs, '$1') ?? plain
    if (all === ',') inElement = false
    else if (word) {
      const name = word.toLowerCase()
      if (value === undefined) {
        if (!inElement) found.push({ scheme: name, params: new Map() })
      } else if (value || quoted === '') found.at(-1)?.params.set(name, value)
      inElement = true
    }
  }
  return found
}

/** The Bearer or DPoP challenge that no refresh can cure (`insufficient_…`), where the response has one (RFC 6750 §3.1, RFC 9470 §3). */
export function insufficient({ headers }: Pick<Response, 'headers'>): Challenge | undefined {
  return parseChallenges(headers.get('WWW-Authenticate') ?? '').find(
    ({ scheme, params }) => /^(bearer|dpop)$/.test(scheme) && params.get('error')?.startsWith('insufficient_'),
  )
}

/** True for the challenge that asks for a fresher or stronger login. */
export function isStepUp(challenge: Challenge | undefined): challenge is Challenge {
  return challenge?.params.get('error') === 'insufficient_user_authentication'
}
