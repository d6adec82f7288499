// How many inputs a property test tries: few by default, many in the nightly run.
import fc from 'fast-check'
import { vi } from 'vitest'

/** `FUZZ_RUNS=100000` in the nightly. */
export const fuzzRuns = Number(process.env['FUZZ_RUNS'] ?? 2000)

/** Characters of the longest inputs: fewer under mutants, whose loops are ended at a hundred times the usual work. */
export const megabyte = Number(process.env['MEGABYTE'] ?? 1_000_000)

/** Any text, halves of characters included. fast-check's own `binary` unit draws up a table of all Unicode first: seconds a file. */
export const anyText = fc.array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff))).map((units) => String.fromCharCode(...units))

// More inputs take longer: the importing file's tests have the time for them.
vi.setConfig({ testTimeout: 5_000 + 5 * fuzzRuns })
