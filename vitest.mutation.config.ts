// What Stryker runs for every mutant: the core's laws, with few inputs each, because there are many mutants.
import { defineConfig } from 'vitest/config'

process.env['FUZZ_RUNS'] = '200'
process.env['MODEL_RUNS'] = '20'

export default defineConfig({
  test: {
    // MUTATION_TESTS='challenge,token' keeps to some files, for a look at one room.
    include: (process.env['MUTATION_TESTS'] ?? '**/*').split(',').map((name) => `packages/core/test/${name}.test.ts`),
    // Laws on a megabyte of input prove linear time, which a mutant's bookkeeping hides.
    testNamePattern: /^(?!.*(?:1 MB|megabyte))/,
    testTimeout: 30_000,
    exclude: ['**/profiles/**', '**/http.test.ts', '**/axios.test.ts'],
    environment: 'node',
  },
})
