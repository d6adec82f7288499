// Runs pnpm on a machine that has only Node and npm; its secret is the version that the workspace is made with.
import { spawn, spawnSync } from 'node:child_process'

const version = '12.21.0'
const settings = { stdio: 'inherit', shell: process.platform === 'win32' }
const commandOf = (args) => ['npx', ['--yes', '--loglevel=error', `pnpm@${version}`, ...args], settings]

/** Runs `pnpm …` to its end with the terminal's output; ends this process with its exit code where it fails. */
export function pnpm(...args) {
  const { status, signal } = spawnSync(...commandOf(args))
  if (status !== 0) process.exit(status ?? (signal === null ? 1 : 130))
}

/** Runs `pnpm …` for as long as it lasts, and passes on the signals that end it. */
export function pnpmUntilStopped(...args) {
  const running = spawn(...commandOf(args))
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => running.kill(signal))
  running.once('exit', (status, signal) => process.exit(status ?? (signal === null ? 1 : 130)))
}

/** Everything that a fresh clone needs before it can run. */
export function install() {
  pnpm('install', '--frozen-lockfile', '--reporter=silent')
}
