// `npm start`: from a fresh clone to the server and the React example, running side by side until one of them ends.
import { install, pnpm, pnpmUntilStopped } from './pnpm.mjs'

install()
pnpm('run', '--silent', 'build')
pnpmUntilStopped('--filter', 'example-react', 'run', '--silent', 'start')
