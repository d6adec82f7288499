// The command as processes of their own, from the sources. Its secret: nothing of this environment reaches them but the path.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const command = fileURLToPath(new URL('../src/server.ts', import.meta.url))

export type Run = {
  readonly child: ChildProcess
  readonly said: () => string
  readonly ended: Promise<{ code: number | null; said: string }>
}

/** A working folder, the processes that ran in it, and the end of both. */
export async function openProcesses() {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-command-'))
  const running = new Set<ChildProcess>()

  const run = (env: Readonly<Record<string, string>>, ...words: string[]): Run => {
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), command, ...words], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'),
        PORT: '0',
        LOG_LEVEL: 'silent',
        ...env,
      },
    })
    running.add(child)
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => (said += part))
    child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
    const ended = once(child, 'close').then(([code]: (number | null)[]) => {
      running.delete(child)
      return { code: code ?? null, said }
    })
    return { child, said: () => said, ended }
  }

  return {
    folder,
    run,
    close: async () => {
      for (const child of running) child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The address, as soon as the one line that tells it is out. */
export async function listening({ child, said, ended }: Run): Promise<string> {
  const over = ended.then(({ said }) => Promise.reject(new Error(`ended: ${said}`)))
  for (;;) {
    const address = /^latchkey-server listens on (http:\/\/\S+)$/m.exec(said())?.[1]
    if (address !== undefined) {
      over.catch(() => undefined)
      return address
    }
    await Promise.race([once(child.stdout ?? child, 'data'), over])
  }
}
