// What a check found, in words that a person can act on. Its secret: the worst of several verdicts counts.

/** `warn`: it works, and somebody will regret it. `skip`: does not apply here, or could not be tried; `saw` says why. */
export type Verdict = 'pass' | 'warn' | 'fail' | 'skip'

/** What one look saw; `fix` replaces the check's general advice where there is a better one. */
export type Seen = { readonly verdict: Verdict; readonly saw: string; readonly fix?: string }

/** One line of the report. */
export type Finding = Seen & {
  /** Stable, and the anchor in the docs. */
  readonly id: string
  readonly title: string
  readonly why: string
  readonly fix: string
  readonly docs: string
}

export const pass = (saw: string): Seen => ({ verdict: 'pass', saw })
export const warn = (saw: string, fix?: string): Seen => ({ verdict: 'warn', saw, ...(fix !== undefined && { fix }) })
export const fail = (saw: string, fix?: string): Seen => ({ verdict: 'fail', saw, ...(fix !== undefined && { fix }) })
export const skip = (saw: string): Seen => ({ verdict: 'skip', saw })

const severity: readonly Verdict[] = ['skip', 'pass', 'warn', 'fail']

/** One verdict of several: the worst, with what was seen at that level; what is well is told where all is well. */
export function worst(all: readonly Seen[]): Seen {
  const level = Math.max(0, ...all.map(({ verdict }) => severity.indexOf(verdict)))
  const verdict = severity[level] ?? 'skip'
  const shown = all.filter((seen) => severity.indexOf(seen.verdict) >= Math.max(level === 3 ? 2 : level, 1))
  const fixes = [...new Set(shown.flatMap(({ fix }) => (fix === undefined ? [] : [fix])))]
  return {
    verdict,
    saw: (shown.length > 0 ? shown : all).map(({ saw }) => saw).join(' '),
    ...(fixes.length > 0 && { fix: fixes.join(' ') }),
  }
}
