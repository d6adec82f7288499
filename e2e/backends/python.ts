// Runs one of the Python backends on a port of its own choice; it is up once it says where.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ensurePython } from '../../scripts/python-backends.mjs'

export type PythonBackend = { readonly url: string; readonly stop: () => Promise<void> }

/** Starts `module:app` of that folder of examples/backends; the environment is what differs from the example’s own. */
export async function openPython(
  folder: string,
  module: string,
  env: Readonly<Record<string, string>>,
): Promise<PythonBackend> {
  const server = spawn(ensurePython(), ['-m', 'uvicorn', `${module}:app`, '--host', '127.0.0.1', '--port', '0'], {
    cwd: fileURLToPath(new URL(`../../examples/backends/${folder}`, import.meta.url)),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
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
    void exited.then(() => refuse(new Error(`${folder}/${module}.py did not start:\n${said.join('\n')}`)))
  })
  return {
    url,
    stop: async () => {
      server.kill()
      await exited
    },
  }
}
