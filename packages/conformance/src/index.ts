// The face of @latchkey/conformance: re-exports only.
export { type Check } from './check.js'
export { checks } from './checks.js'
export { type Finding, type Seen, type Verdict } from './finding.js'
export { pageCookies } from './page-cookies.js'
export { runConformance, type Report, type RunOptions } from './run.js'
export { type Stage, type Target } from './stage.js'
