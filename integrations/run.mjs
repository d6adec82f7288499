// `pnpm test:integrations`: the packages as they would be published, installed into fresh apps that are built and run.
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { chromiumArguments, ensureChromium } from '../scripts/chromium.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const here = join(root, 'integrations')
const folders = {
  core: 'packages/core',
  react: 'packages/react',
  vue: 'packages/vue',
  engine: 'mock-server/engine',
  msw: 'mock-server/msw',
}
const work = mkdtempSync(join(tmpdir(), 'latchkey-integrations-'))

const run = (cwd, command, ...args) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })

/** Packs a package as `pnpm publish` would; the tarball's path. */
function pack(name) {
  const to = join(work, 'packed', name)
  mkdirSync(to, { recursive: true })
  run(join(root, folders[name]), 'pnpm', 'pack', '--pack-destination', to)
  return join(to, readdirSync(to)[0])
}

/** A fresh copy of an app, the packed packages installed into it. */
function install(app, tarballs) {
  const folder = join(work, app)
  cpSync(join(here, app), folder, { recursive: true })
  const { latchkey, ...manifest } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  for (const name of latchkey) manifest.dependencies[`@latchkey/${name}`] = `file:${tarballs[name]}`
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  run(folder, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error')
  return folder
}

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** Serves a folder on a free port of loopback; its address, and how to stop. */
async function serve(folder) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname
    try {
      const file = join(folder, path === '/' ? 'index.html' : path)
      response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream').end(readFileSync(file))
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise((resolve) => server.listen(0, 'localhost', resolve))
  return { url: `http://localhost:${server.address().port}`, stop: () => server.close() }
}

/** Opens the built app and signs in, as its page offers to. */
async function visit(browser, folder) {
  copyFileSync(join(folder, 'node_modules/msw/lib/mockServiceWorker.js'), join(folder, 'dist/mockServiceWorker.js'))
  const { url, stop } = await serve(join(folder, 'dist'))
  const page = await browser.newPage()
  const faults = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  try {
    await page.goto(url)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'ada@example.com' }).waitFor()
  } catch (error) {
    throw new Error([error.message, ...faults].join('\n'), { cause: error })
  } finally {
    await page.close()
    stop()
  }
}

const web = ['vite-react', 'vite-vue', 'webpack']
const results = []
const wanted = process.argv.slice(2)
async function check(app, test) {
  if (wanted.length > 0 && !wanted.includes(app)) return
  try {
    await test()
    results.push([app, true])
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`)
    results.push([app, false])
  }
  process.stdout.write(`${results.at(-1)[1] ? '✓' : '✗'} ${app}\n`)
}

const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumArguments })
try {
  const tarballs = Object.fromEntries(Object.keys(folders).map((name) => [name, pack(name)]))
  for (const app of web) {
    await check(app, async () => {
      const folder = install(app, tarballs)
      run(folder, 'npm', 'run', '--silent', 'build')
      if (app === 'webpack') copyFileSync(join(folder, 'index.html'), join(folder, 'dist/index.html'))
      await visit(browser, folder)
    })
  }
  await check('node-cjs', async () => run(install('node-cjs', tarballs), 'npm', 'run', '--silent', 'start'))
} finally {
  await browser.close()
  rmSync(work, { recursive: true, force: true })
}

const passed = results.filter(([, isGood]) => isGood).length
process.stdout.write(`${passed} passed, ${results.length - passed} failed\n`)
process.exit(passed === results.length ? 0 : 1)
