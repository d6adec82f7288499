// What a check is; its secret is that it looks and never repairs.
import type { Seen } from './finding.js'
import type { Stage } from './stage.js'

export type Check = {
  /** Stable: the anchor in docs/conformance.md. */
  readonly id: string
  /** What is so where the check passes. */
  readonly title: string
  readonly why: string
  readonly fix: string
  readonly look: (stage: Stage) => Promise<Seen>
}
