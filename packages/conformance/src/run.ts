// Runs the checks against one backend, one after the other. Its secret: what a check that could not look is worth.
import type { Check } from './check.js'
import { checks } from './checks.js'
import { Unanswered } from './browser.js'
import { fail, skip, type Finding, type Seen } from './finding.js'
import { NotSignedIn, openStage, type Target } from './stage.js'

/** All findings about one backend. */
export type Report = {
  readonly target: string
  readonly profile: string
  readonly origin: string
  readonly findings: readonly Finding[]
}

/** What is handed in: which checks, and how time passes. */
export type RunOptions = {
  readonly checks?: readonly Check[]
  readonly sleep?: (ms: number) => Promise<unknown>
  readonly onFinding?: (finding: Finding) => void
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Looks at a backend from outside. Registers an account where none is named, signs in some twenty times, and guesses
 * wrong passwords until a limit answers. No token, password or cookie is in what it returns.
 */
export async function runConformance(target: Target, options: RunOptions = {}): Promise<Report> {
  const stage = openStage(target, options.sleep ?? pause)
  const findings: Finding[] = []
  for (const check of options.checks ?? checks) {
    const { id, title, why, fix } = check
    const seen = await check.look(stage).catch(whyNot)
    const finding = {
      id,
      title,
      why,
      verdict: seen.verdict,
      saw: stage.secrets.redact(seen.saw),
      fix: seen.fix ?? fix,
      docs: `docs/conformance.md#${id}`,
    }
    findings.push(finding)
    options.onFinding?.(finding)
  }
  return { target: target.baseURL, profile: target.profile.name, origin: target.origin, findings }
}

function whyNot(error: unknown): Seen {
  if (error instanceof NotSignedIn) return skip(`Could not be tried: ${error.message}`)
  if (error instanceof Unanswered) return fail(error.message, 'See the server’s log: it broke off, or took too long.')
  throw error
}
