// Runs pnpm on a machine that has only Node and npm; its secret is the version that the workspace is made with.
import { spawnSync } from 'node:child_process'

const version = '12.21.0'

/** Runs `pnpm …` to its end with the terminal's output; ends this process with its exit code where it fails. */
export function pnpm(...args) {
  const { status, signal } = spawnSync('npx', ['--yes', '--loglevel=error', `pnpm@${version}`, ...args], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? (signal === null ? 1 : 130))
}

/** Everything that a fresh clone needs before it can run. */
export function install() {
  pnpm('install', '--frozen-lockfile', '--reporter=silent')
}
