// Under mutants: one failure tells enough, and the tests after it are skipped. vitest's own `bail` makes Stryker wait for ever.
import { beforeEach } from 'vitest'

const run = globalThis as { failed?: boolean }

beforeEach(({ skip, onTestFailed }) => {
  if (run.failed) skip()
  onTestFailed(() => void (run.failed = true))
})
