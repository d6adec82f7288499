// Where the three engines are on this machine, and how to get them: what `pnpm test:browsers` needs beside npm's packages.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { pathToFileURL } from 'node:url'
import { ensureChromium } from './chromium.mjs'

const firefoxes = ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox']
const miniBrowsers = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].flatMap((machine) =>
  ['4.1', '4.0'].map((version) => `/usr/lib/${machine}/webkit2gtk-${version}/MiniBrowser`),
)

const first = (/** @type {readonly (string | undefined)[]} */ places) =>
  places.find((path) => path !== undefined && existsSync(path)) ?? null

/** The path of a Firefox, `FIREFOX_PATH` first; null where there is none. */
export const findFirefox = () => first([process.env.FIREFOX_PATH, ...firefoxes])

/** WebKitGTK's driver, its small browser, and the display that they draw on; null where one of them is missing. */
export function findWebKit() {
  const [driver, browser, display] = [['/usr/bin/WebKitWebDriver'], miniBrowsers, ['/usr/bin/Xvfb']].map(first)
  return driver && browser && display ? { driver, browser, display } : null
}

/** What a test says where an engine is missing. */
export const howToGetBrowsers =
  'The browser tests need Firefox and WebKitGTK: run `node scripts/browsers.mjs` as root on Debian, or install the packages firefox-esr, webkit2gtk-driver, xvfb and xauth (FIREFOX_PATH names another Firefox).'

/** Makes sure that all three engines are there: installs Debian's as root, else says in one line what to do and exits with 1. */
export function ensureBrowsers() {
  ensureChromium()
  if (findFirefox() !== null && findWebKit() !== null) return
  if (userInfo().uid === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Firefox or WebKitGTK is missing: installing Debian’s packages.')
    execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit' })
    execFileSync(
      'apt-get',
      ['install', '-y', '-q', '--no-install-recommends', 'firefox-esr', 'webkit2gtk-driver', 'xvfb', 'xauth'],
      { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } },
    )
    if (findFirefox() !== null && findWebKit() !== null) return
  }
  console.error(howToGetBrowsers)
  process.exit(1)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) ensureBrowsers()
