import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { msw } from './mock-server/msw/test/worker-file.js'
import { chromiumArguments, findChromium } from './scripts/chromium.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))
const { compilerOptions } = JSON.parse(readFileSync(`${root}tsconfig.json`, 'utf8')) as {
  compilerOptions: { paths: Record<string, [string]> }
}

/** Tests run the sources, by the same map that the type checker uses: no stale build can pass. */
const alias = Object.entries(compilerOptions.paths).map(([name, [path]]) => ({
  find: new RegExp(`^${name}$`),
  replacement: root + path.slice(2),
}))

/** What e2e/react18 has in the oldest version that @latchkey/react supports. */
const oldest =
  /^(react|react-dom|react-router|@tanstack\/react-(?:router|query)|@testing-library\/(?:react|dom))(\/.*)?$/

const project = (
  name: string,
  folder: string,
  more: TestProjectInlineConfiguration['test'] = {},
): TestProjectInlineConfiguration => ({
  resolve: { alias },
  // Machines are shared and slow at times: no law is about how soon it was proven.
  test: { name, include: [`${folder}/**/*.test.{ts,tsx}`], environment: 'node', testTimeout: 30_000, ...more },
})

export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line.ts'],
    projects: [
      project('house', 'scripts', { testTimeout: 60_000 }),
      project('core', 'packages/core/test'),
      project('react', 'packages/react/test', { environment: 'jsdom' }),
      {
        ...project('react18', 'packages/react/test', { environment: 'jsdom', env: { REACT_MAJOR: '18' } }),
        resolve: { alias: [...alias, { find: oldest, replacement: `${root}e2e/react18/node_modules/$1$2` }] },
      },
      {
        ...project('vue', 'packages/vue/test', { environment: 'jsdom' }),
        // For Node the API of Vue's devtools is a stub of what it is in a browser: the kit.
        resolve: { alias: [...alias, { find: '@vue/devtools-api', replacement: '@vue/devtools-kit' }] },
      },
      project('conformance', 'packages/conformance/test', { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('engine', 'mock-server/engine/test', { testTimeout: 60_000 }),
      project('msw', 'mock-server/msw/test', { exclude: ['**/*.browser.test.ts'] }),
      project('express', 'mock-server/express/test', { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('recipes', 'e2e/recipes', { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('laws', 'e2e/laws', { testTimeout: 60_000, hookTimeout: 60_000 }),
      {
        ...project('msw-browser', 'mock-server/msw/test', {
          include: ['mock-server/msw/test/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: findChromium() ?? 'chromium', args: chromiumArguments },
            }),
            instances: [{ browser: 'chromium' }],
          },
        }),
        plugins: [msw({ mode: 'worker-only' })],
      },
      project('backends', 'e2e/backends', { testTimeout: 60_000, hookTimeout: 300_000 }),
      project('browsers', 'e2e/browsers', {
        sequence: { groupOrder: 2 },
        testTimeout: 180_000,
        hookTimeout: 180_000,
        fileParallelism: false,
      }),
      project('e2e', 'e2e/browser', {
        sequence: { groupOrder: 1 },
        testTimeout: 120_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
})
