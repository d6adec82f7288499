// How many inputs a property test tries: few by default, many in the nightly run.

/** `FUZZ_RUNS=100000` in the nightly. */
export const fuzzRuns = Number(process.env['FUZZ_RUNS'] ?? 2000)
