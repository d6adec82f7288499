// Parses `WWW-Authenticate`; its secrets are quoting, several challenges in one header, and linear time.

/** One challenge: its scheme in lower case, its parameters by lower-case name. */
export type Challenge = { readonly scheme: string; readonly params: ReadonlyMap<string, string> }

const token = /[\w!#$%&'*+.^`|~-]+/y
const blank = /[ \t]*/y

/**
 * Every challenge of the header, in order. Never throws; what does not parse is skipped, token68 is left out.
 * Linear in the header's length.
 * @see RFC 9110 §11.6.1
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const found: { scheme: string; params: Map<string, string> }[] = []
  let at = 0
  /** Past the first word of a list element, where no scheme can be. */
  let inElement = false
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const text = pattern.exec(header)?.[0] ?? ''
    at += text.length
    return text
  }
  while (at < header.length) {
    take(blank)
    const word = take(token)
    if (word === '') {
      if (header[at] === '"') at = quotedEnd(header, at)
      else if (header[at++] === ',') inElement = false
      continue
    }
    take(blank)
    if (header[at] === '=') {
      at++
      take(blank)
      const start = at
      const quoted = header[at] === '"'
      if (quoted) at = quotedEnd(header, at)
      const text = quoted ? unquote(header.slice(start, at)) : take(token)
      if (text !== '' || quoted) found.at(-1)?.params.set(word.toLowerCase(), text)
    } else if (!inElement) {
      found.push({ scheme: word.toLowerCase(), params: new Map() })
    }
    inElement = true
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

/** Where the quoted string that opens at `start` has ended; an open one ends past the header. */
function quotedEnd(header: string, start: number): number {
  let at = start + 1
  while (at < header.length && header[at] !== '"') at += header[at] === '\\' ? 2 : 1
  return at + 1
}

function unquote(quoted: string): string {
  return quoted.slice(1, quoted.endsWith('"') ? -1 : undefined).replace(/\\(.)/gs, '$1')
}
