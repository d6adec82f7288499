// `npm test`: from a fresh clone to a passed test run, Chromium included. Two suites want more than Node and npm can
// bring, and have commands of their own: `pnpm test:browsers` (Firefox, WebKitGTK), `pnpm test:backends` (Python).
import { ensureChromium } from './chromium.mjs'
import { install, pnpm } from './pnpm.mjs'

ensureChromium()
install()
pnpm('run', '--silent', 'build')
pnpm('exec', 'vitest', 'run', '--project', '!browsers', '--project', '!backends', ...process.argv.slice(2))
