// The command as people and CI use it: what it prints, what it writes, and how it ends.
import { mkdtempSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../src/command.js'
import type { Report } from '../src/index.js'
import { openSmallServer } from './small-server.js'

type Ran = { readonly exit: number; readonly out: string; readonly err: string }

async function ran(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  isTerminal = false,
): Promise<Ran> {
  let [out, err] = ['', '']
  const exit = await runCommand(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    env,
    isTerminal,
  })
  return { exit, out, err }
}

const fastapi = ['--profile', 'fastapi-cookie', '--attempts', '15']
const flawed = ['cacheable', 'no-http-only', 'strict', 'no-limit', 'enumeration'] as const
const scratch = (name: string): string => join(mkdtempSync(join(tmpdir(), 'conformance-')), name)

describe('the command', () => {
  it('prints a table and what to do, to the letter', async () => {
    const { url } = await openSmallServer(...flawed)
    const { exit, out, err } = await ran([url, ...fastapi])
    expect(exit).toBe(1)
    expect(err).toBe('')
    await expect(out.replaceAll(url, 'http://127.0.0.1:8000')).toMatchFileSnapshot('report.golden.txt')
  })

  it('ends with 0 where nothing failed, warnings or not, and with 1 for them under --strict', async () => {
    const { url } = await openSmallServer('strict')
    const args = [url, ...fastapi, '--only', 'concurrent-refresh']
    expect((await ran(args)).exit).toBe(0)
    expect((await ran([...args, '--strict'])).exit).toBe(1)
  })

  it('writes JSON that says for each finding what was seen, why it matters, how to fix it, and where to read on', async () => {
    const { url } = await openSmallServer('cacheable')
    const { exit, out } = await ran([url, ...fastapi, '--only', 'cache', '--json'])
    const report = JSON.parse(out) as Report
    expect(exit).toBe(1)
    expect(report).toMatchObject({ profile: 'fastapi-cookie', origin: 'http://localhost:5173' })
    expect(report.findings).toMatchObject([{ id: 'cache', verdict: 'fail', docs: 'docs/conformance.md#cache' }])
    for (const { saw, why, fix } of report.findings)
      expect([saw, why, fix].map((text) => text.length > 10)).toEqual([true, true, true])
  })

  it('writes JUnit beside the table', async () => {
    const { url } = await openSmallServer('cacheable')
    const file = scratch('report.xml')
    const { out } = await ran([url, ...fastapi, '--only', 'cache,rotation', '--junit', file])
    expect(out).toContain('1 passed, 1 failed')
    expect(readFileSync(file, 'utf8')).toContain('tests="2" failures="1"')
  })

  it('C27 prints no token, no password and no cookie, in no format, whatever the backend echoes', async () => {
    const { url, secrets } = await openSmallServer(
      'echoes-secrets',
      'token-in-body',
      'no-rotation',
      'one-kind',
      'strict',
    )
    const file = scratch('report.xml')
    const account = ['--email', 'ada@example.com']
    const password = 'canary & <password> "of" Ada'
    const results = [
      await ran([url, ...fastapi, '--junit', file]),
      await ran([url, ...fastapi, '--json']),
      await ran([url, ...fastapi, ...account, '--only', 'login'], { CONFORMANCE_PASSWORD: password }),
      await ran([url, '--suggest']),
    ]
    const printed = [...results.map(({ out, err }) => out + err), readFileSync(file, 'utf8')].join('\n')
    const own = secrets.filter((secret) => !secret.startsWith('Wrong-') && secret !== 'x')
    expect(own).toContain(password)
    expect(own.length).toBeGreaterThan(40)
    expect(own.filter((secret) => printed.includes(secret))).toEqual([])
    expect(printed).toContain('[redacted]')
  })

  it('takes a profile of one’s own from a file', async () => {
    const { url } = await openSmallServer()
    const file = scratch('profile.mjs')
    const content = `const call = (path, json) => ({ method: 'POST', path: 'auth/' + path, ...(json && { json }) })
export default { name: 'mine', bearer: 'header', refreshToken: 'cookie', login: (json) => call('login', json),
  register: (json) => call('register', json), refresh: () => call('refresh'), readGrant: (body) => ({ accessToken: body.access_token }),
  readUser: (body) => body, isRefused: (status) => status === 401 }`
    await writeFile(file, content)
    const { exit, out } = await ran([url, '--profile', file, '--only', 'login,rotation,reuse'])
    expect(out).toContain('profile mine')
    expect(exit).toBe(0)
  })

  it('colours for a terminal, and not where NO_COLOR is set', async () => {
    const { url } = await openSmallServer()
    const args = [url, ...fastapi, '--only', 'rotation']
    expect((await ran(args, {}, true)).out).toContain('\u001B[32m')
    expect((await ran(args, { NO_COLOR: '1' }, true)).out).not.toContain('\u001B')
  })

  it.each([
    ['no address', []],
    ['an address that is none', ['localhost:8000/x', ...fastapi]],
    ['a server that is not there', ['http://127.0.0.1:9', ...fastapi]],
    ['an unknown profile', ['http://127.0.0.1:1', '--profile', 'fastapi-cooky']],
    ['an unknown check', ['http://127.0.0.1:1', ...fastapi, '--only', 'nothing']],
    ['an unknown option', ['http://127.0.0.1:1', '--wat']],
    ['a number that is none', ['http://127.0.0.1:1', '--attempts', 'many']],
  ])('ends with 2 and one sentence for %s', async (_what, args) => {
    const { exit, out, err } = await ran(args)
    expect(exit).toBe(2)
    expect(out).toBe('')
    expect(err.trim().split('\n').length).toBe(1)
  })

  it('registers nobody on another machine unless told to', async () => {
    const { everywhere, secrets } = await openSmallServer()
    const { exit, err } = await ran([everywhere, ...fastapi])
    expect(exit).toBe(2)
    expect(err).toContain('--register')
    expect(secrets).toEqual([])
  })

  it('wants a profile, and for an account its password, which the environment can hold', async () => {
    const { url } = await openSmallServer()
    expect(await ran([url])).toMatchObject({ exit: 2, err: expect.stringContaining('--suggest') })
    const nameless = await ran([url, ...fastapi, '--email', 'ada@example.com'])
    expect(nameless).toMatchObject({ exit: 2, err: expect.stringContaining('CONFORMANCE_PASSWORD') })
  })

  it('suggests the profile that fits, with what speaks for it, and nothing where no login is', async () => {
    const { url } = await openSmallServer()
    const { exit, out } = await ran([url, '--suggest'])
    expect(exit).toBe(0)
    expect(out).toContain('fastapi-cookie fits best')
    expect(out).toContain('a refresh brings another')
    expect(await ran([`${url}/nowhere/`, '--suggest'])).toMatchObject({
      exit: 1,
      out: expect.stringContaining('prefix'),
    })
  })

  it('says with --help what it can do, and ends with 0', async () => {
    const { exit, out } = await ran(['--help'])
    expect(exit).toBe(0)
    for (const word of ['--profile', '--junit', '--suggest', 'fastapi-cookie', 'rate-limit'])
      expect(out).toContain(word)
  })
})
