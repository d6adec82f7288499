// One process per folder. Its secret: a socket that dies with its process, so that no claim outlives a crash.
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Claims a folder for this process; answers the function that gives it back. @throws Error where it is claimed already. */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  const path = claimPath(folder)
  const server = (await bind(path)) ?? (await takeOver(path))
  if (server === null) throw new Error('another process has it open')
  return () => new Promise((resolve) => void server.close(() => resolve()))
}

/** Short, for the path of a socket may have about a hundred characters. */
function claimPath(folder: string): string {
  const name = `latchkey-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`
  return process.platform === 'win32' ? String.raw`\\.\pipe\${name}` : join(tmpdir(), `${name}.sock`)
}

/** The socket, or null where its path is taken, be it by the living or by the dead. */
function bind(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((caller) => caller.destroy())
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    )
    server.listen(path, () => resolve(server.unref()))
  })
}

/** The leftover of a process that was killed does not answer, and may be swept away. */
async function takeOver(path: string): Promise<Server | null> {
  if (await answers(path)) return null
  await rm(path, { force: true })
  return bind(path)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const caller = connect(path)
    caller.once('connect', () => {
      caller.destroy()
      resolve(true)
    })
    caller.once('error', () => resolve(false))
  })
}
