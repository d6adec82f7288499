// Whoever runs the laws may be killed in the middle of them; no server may stay behind.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { findPython } from '../../scripts/python-backends.mjs'

/** Starts a server as the laws do, says its process id, and lives until it is killed. */
const starter = `
const [python, ...args] = process.argv.slice(1)
const env = { ...process.env, PYTHONUNBUFFERED: '1' }
const server = require('node:child_process').spawn(python, args, { env, stdio: ['pipe', 'pipe', 'ignore'] })
server.stdout.once('data', () => console.log(server.pid))
setInterval(() => {}, 1_000)`

it('a Python backend ends with the process that started it, even if that is killed', async () => {
  const withParent = fileURLToPath(new URL('with_parent.py', import.meta.url))
  const command = [findPython() ?? 'python3', withParent, 'http.server', '--bind', '127.0.0.1', '0']
  const parent = spawn(process.execPath, ['-e', starter, ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [pid] = (await once(createInterface(parent.stdout), 'line')) as [string]
  expect(isAlive(Number(pid))).toBe(true)
  parent.kill('SIGKILL')
  await vi.waitFor(() => expect(isAlive(Number(pid))).toBe(false), { timeout: 10_000 })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
