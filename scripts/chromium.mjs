// Where Chromium is on this machine, and how to get one: the one thing the tests need that npm does not bring.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { pathToFileURL } from 'node:url'

/** Flags for a test browser that talks to loopback only; the sandbox cannot run as root. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The path of a Chromium or Chrome, `CHROMIUM_PATH` first; null where there is none. */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH
  return [named, ...places].find((path) => path !== undefined && existsSync(path)) ?? null
}

/** Makes sure that there is a Chromium: installs Debian's as root, else says in one line what to do and exits with 1. */
export function ensureChromium() {
  const found = findChromium()
  if (found !== null) return found
  if (userInfo().uid === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('No Chromium found: installing Debian’s package.')
    execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit' })
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-liberation'], {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    const installed = findChromium()
    if (installed !== null) return installed
  }
  console.error(
    'The browser tests need Chromium: install Chromium or Chrome, or name one in CHROMIUM_PATH, and run again.',
  )
  process.exit(1)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) ensureChromium()
