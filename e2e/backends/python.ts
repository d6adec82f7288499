// Runs one of the Python backends on a port of its own choice; it is up once it says where, and ends with this process.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ensurePython } from '../../scripts/python-backends.mjs'

const placeOf = (folder: string, env: Readonly<Record<string, string>>) => ({
  cwd: fileURLToPath(new URL(`../../examples/backends/${folder}`, import.meta.url)),
  env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
})

const withParent = fileURLToPath(new URL('with_parent.py', import.meta.url))

export type PythonBackend = { readonly url: string; readonly stop: () => Promise<void> }

/** Starts `module:app` of that folder of examples/backends; the environment is what differs from the example’s own. */
export async function openPython(
  folder: string,
  target: string,
  env: Readonly<Record<string, string>>,
): Promise<PythonBackend> {
  const around = placeOf(folder, env)
  const server = spawn(ensurePython(), [withParent, 'uvicorn', target, '--host', '127.0.0.1', '--port', '0'], {
    ...around,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const exited = new Promise<void>((settle) => server.once('exit', () => settle()))
  const said: string[] = []
  const url = await new Promise<string>((settle, refuse) => {
    createInterface(server.stderr).on('line', (line) => {
      said.push(line)
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
      if (found !== undefined) settle(found)
    })
    server.once('error', refuse)
    void exited.then(() => refuse(new Error(`${target} of ${folder} did not start:\n${said.join('\n')}`)))
  })
  return {
    url,
    stop: async () => {
      server.kill()
      await exited
    },
  }
}

/** The Django example on a database of its own, which goes with it. */
export async function openDjango(env: Readonly<Record<string, string>>): Promise<PythonBackend> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-django-'))
  const all = { ...env, DATABASE: join(folder, 'db.sqlite3') }
  await promisify(execFile)(ensurePython(), ['manage.py', 'migrate'], placeOf('django', all))
  const backend = await openPython('django', 'project.asgi:application', all)
  return {
    url: backend.url,
    async stop() {
      await backend.stop()
      await rm(folder, { recursive: true })
    },
  }
}
