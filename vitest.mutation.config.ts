// What Stryker runs for every mutant: the core's laws, with few and short inputs each, because there are many mutants.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // MUTATION_TESTS='challenge,token' keeps to some files, for a look at one room.
    include: (process.env['MUTATION_TESTS'] ?? '**/*').split(',').map((name) => `packages/core/test/${name}.test.ts`),
    exclude: ['**/profiles/**', '**/http.test.ts', '**/axios.test.ts'],
    env: { FUZZ_RUNS: '200', MODEL_RUNS: '20', MEGABYTE: '5000' },
    setupFiles: 'packages/core/test/first-failure.ts',
    environment: 'node',
    // A mutant is one variable of the code that is loaded already: nothing needs loading anew for each test file.
    isolate: false,
  },
})
