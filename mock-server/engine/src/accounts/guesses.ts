// How many guesses a password withstands. Its secret: the cheapest way to put it together from what attackers try first (B19).
import type { Ranks } from './common-passwords.js'

/** Characters of a piece: shorter words are in nearly every text, longer ones in no list. */
const [shortest, longest] = [3, 40]
/** A long run counts as several of this length, so that work stays linear, and forty of one letter are not one. */
const longestRun = 8

/** Decimal logarithms: a word of the person's own is among the first that are tried; years of people's lives are some hundred. */
const [ofOwnWord, ofYear, ofDigit, ofLetter, ofOther] = [0.5, 2, 1, Math.log10(26), 2]

/**
 * The decimal logarithm of the guesses that somebody needs who knows the common passwords and whose password it is: the
 * sum over the cheapest cut into common passwords (by rank), own words, years, runs like `abcd` or `1111`, and single
 * characters. In any case; the work grows with the length alone. An estimate after zxcvbn, which itself may take seconds
 * for 1,024 letters.
 * @see Wheeler, zxcvbn: Low-Budget Password Strength Estimation, USENIX Security 2016
 */
export function guessesOf(password: string, own: ReadonlySet<string>, ranks: Ranks): number {
  const text = password.toLowerCase()
  const costs = [0]
  for (let end = 1; end <= text.length; end += 1) {
    const single = (costs[end - 1] ?? 0) + ofSign(text.charAt(end - 1))
    const run = runBefore(text, end)
    const asRun = run < shortest ? Infinity : (costs[end - run] ?? 0) + ofSign(text.charAt(end - run)) + Math.log10(run)
    let best = Math.min(single, asRun)
    for (let start = end - shortest; start >= Math.max(0, end - longest); start -= 1) {
      best = Math.min(best, (costs[start] ?? 0) + ofWord(text.slice(start, end), own, ranks))
    }
    costs.push(best)
  }
  return costs.at(-1) ?? 0
}

/** The words in texts about a person or an app: an address, a name, and their parts; in lower case. */
export function wordsOf(texts: readonly (string | null)[]): ReadonlySet<string> {
  const whole = texts.flatMap((text) => (text === null ? [] : [text.toLowerCase()]))
  const parts = whole.flatMap((text) => [
    text,
    text.replaceAll(/[^\p{L}\p{N}]/gu, ''),
    ...text.split(/[^\p{L}\p{N}]+/u),
  ])
  return new Set(parts.filter((part) => part.length >= shortest && part.length <= longest))
}

function ofWord(word: string, own: ReadonlySet<string>, ranks: Ranks): number {
  if (own.has(word)) return ofOwnWord
  const rank = ranks.get(word)
  if (rank !== undefined) return Math.log10(rank + 1)
  return /^(?:19|20)\d\d$/.test(word) ? ofYear : Infinity
}

function ofSign(sign: string): number {
  if (/\d/.test(sign)) return ofDigit
  return /[a-z]/.test(sign) ? ofLetter : ofOther
}

/** How many characters before `end` follow one another in even steps of 1, -1 or 0. */
function runBefore(text: string, end: number): number {
  const step = text.charCodeAt(end - 1) - text.charCodeAt(end - 2)
  if (Number.isNaN(step) || Math.abs(step) > 1) return 1
  let start = end - 2
  while (start > 0 && end - start < longestRun && text.charCodeAt(start) - text.charCodeAt(start - 1) === step)
    start -= 1
  return end - start
}
