// How many inputs a property test tries: few by default, many in the nightly run.
import { vi } from 'vitest'

/** `FUZZ_RUNS=100000` in the nightly. */
export const fuzzRuns = Number(process.env['FUZZ_RUNS'] ?? 2000)

// More inputs take longer: the importing file's tests have the time for them.
vi.setConfig({ testTimeout: 5_000 + 5 * fuzzRuns })
