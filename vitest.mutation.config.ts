// What Stryker runs for every mutant: the core's laws, with few inputs each, because there are many mutants.
import { defineConfig } from 'vitest/config'

process.env['FUZZ_RUNS'] = '200'
process.env['MODEL_RUNS'] = '20'

export default defineConfig({
  test: {
    include: ['packages/core/test/**/*.test.ts'],
    exclude: ['**/profiles/**', '**/http.test.ts', '**/axios.test.ts'],
    environment: 'node',
  },
})
