// The README's quickstarts, run as they are printed: a page, MSW's worker, and a click.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { msw } from 'msw/vite'
import { chromium, type Browser } from 'playwright'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const snippets = [...readme.matchAll(/```(tsx?)\n(.*?)```/gs)]

let browser: Browser
let folder: string
let server: ViteDevServer

/** A Vite app of one module, beside the workspace's packages, with MSW's worker at its root. */
async function serve(framework: string): Promise<string> {
  const [, kind = 'ts', code = ''] = snippets.find(([, , text = '']) => text.includes(`@latchkey/${framework}`)) ?? []
  folder = mkdtempSync(join(fileURLToPath(new URL('../', import.meta.url)), '.quickstart-'))
  writeFileSync(join(folder, `main.${kind}`), code)
  writeFileSync(join(folder, 'index.html'), `<body></body><script type="module" src="/main.${kind}"></script>`)
  server = await createServer({
    root: folder,
    configFile: false,
    logLevel: 'error',
    cacheDir: join(folder, 'cache'),
    plugins: [msw({ mode: 'worker-only' })],
    server: { port: 0, host: 'localhost' },
  })
  await server.listen()
  return server.resolvedUrls?.local[0] ?? ''
}

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium() ?? 'chromium', args: chromiumArguments })
})
afterAll(() => browser.close())

describe('the README’s quickstart signs Ada in', () => {
  it.each(['react', 'vue'])('in %s', async (framework) => {
    const page = await browser.newPage()
    try {
      await page.goto(await serve(framework))
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByText('ada@example.com').waitFor()
      expect(await page.getByRole('button', { name: 'Log in' }).count()).toBe(0)
    } finally {
      await page.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
