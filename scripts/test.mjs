// `npm test`: from a fresh clone to a passed test run, the browser included.
import { ensureChromium } from './chromium.mjs'
import { install, pnpm } from './pnpm.mjs'

ensureChromium()
install()
pnpm('run', '--silent', 'build')
pnpm('exec', 'vitest', 'run', ...process.argv.slice(2))
