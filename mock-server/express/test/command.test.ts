// The command, as a process of its own: what it prints, and how it ends.
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, postgresUrl } from './databases.js'
import { listening, openProcesses } from './processes.js'
import { aMember, aVisitor } from './visitor.js'

let folder: string
let processes: Awaited<ReturnType<typeof openProcesses>>
const run: typeof processes.run = (...words) => processes.run(...words)

beforeAll(async () => {
  processes = await openProcesses()
  folder = processes.folder
})
afterAll(() => processes.close())

describe('a start that cannot succeed', () => {
  it('says which setting, why and what to do, shows no secret, and exits 1', async () => {
    const env = { PORT: 'eighty', REFRESH_TOKEN_PEPPER: 'hunter2', ALLOWED_ORIGINS: '*' }
    const { code, said } = await run(env).ended
    expect(code).toBe(1)
    expect(said).toContain('PORT must be a whole number from 0 to 65535, and is "eighty". Set it like PORT=8787')
    expect(said).toContain('REFRESH_TOKEN_PEPPER must be at least 32 characters')
    expect(said).toContain('ALLOWED_ORIGINS must list exact origins')
    expect(said).not.toContain('hunter2')
  })

  it('reads .env in its working folder, and the environment wins', async () => {
    await writeFile(join(folder, '.env'), 'HOST=http://here\nPORT=eighty\n')
    const { said } = await run({}).ended
    await rm(join(folder, '.env'))
    expect(said).toContain('HOST must be')
    expect(said).not.toContain('PORT must')
  })

  it('a start that fails of something unforeseen says what, without a stack, and exits 1', async () => {
    await mkdir(join(folder, 'junk', '.latchkey'), { recursive: true })
    await writeFile(join(folder, 'junk', '.latchkey', 'secrets.json'), 'no secrets at all')
    const { code, said } = await run({ DATABASE_URL: `pglite:${join(folder, 'junk', '.latchkey', 'db')}` }).ended
    expect(code).toBe(1)
    expect(said).toContain('latchkey-server cannot run')
    expect(said).not.toMatch(/^\s+at /m)
  })

  it('production without its secrets refuses and exits 1', async () => {
    const { code, said } = await run({ NODE_ENV: 'production' }).ended
    expect([code, said.match(/^[A-Z_]+(?= (is|must))/gm)]).toEqual([
      1,
      ['JWT_PRIVATE_KEYS', 'REFRESH_TOKEN_PEPPER', 'PUBLIC_URL', 'ALLOWED_ORIGINS'],
    ])
  })

  it('an unreachable database is named without its password, and exits 1', async () => {
    const { code, said } = await run({ DATABASE_URL: 'postgres://root:hunter2@127.0.0.1:9/nowhere' }).ended
    expect(code).toBe(1)
    expect(said).toContain('PostgreSQL at 127.0.0.1:9/nowhere cannot be used: connect ECONNREFUSED 127.0.0.1:9')
    expect(said).toContain('DATABASE_URL: PostgreSQL')
    expect(said).not.toContain('hunter2')
  })
})

describe('keys', () => {
  const keysIn = (said: string) =>
    (JSON.parse(/^JWT_PRIVATE_KEYS='(.*)'$/m.exec(said)?.[1] ?? '{}') as { readonly keys: readonly JsonWebKey[] }).keys

  it('are generated, and rotated so that the published one signs next (B16)', async () => {
    const generated = keysIn((await run({}, 'keys', 'generate').ended).said)
    const env = { JWT_PRIVATE_KEYS: JSON.stringify({ keys: generated }) }
    const { code, said } = await run(env, 'keys', 'rotate').ended
    const rotated = keysIn(said)
    expect([code, rotated.length, rotated[0]]).toEqual([0, 3, generated[1]])
    expect(rotated.map(({ d }) => d !== undefined)).toEqual([true, true, false])
    expect(said).toContain('The next key signs from now on')
  })
})

it('a word that is no command starts nothing, and exits 1', async () => {
  expect((await run({}, 'start-please').ended).code).toBe(1)
})

it('prints secrets that production takes', async () => {
  const { code, said } = await run({}, 'secrets').ended
  expect([code, said]).toEqual([
    0,
    expect.stringMatching(/^JWT_PRIVATE_KEYS='\{"keys":\[\{.*\}\]\}'\nREFRESH_TOKEN_PEPPER=[\w-]{43}\n$/),
  ])
})

describe('on the embedded database', () => {
  it('a kill and a restart sign nobody out, a second server is refused, and SIGTERM ends with 0', async () => {
    const first = run({})
    const member = await aMember(await listening(first))
    await member.post('/auth/refresh')
    const second = await run({}).ended
    expect([second.code, second.said]).toEqual([1, expect.stringContaining('another process has it open')])
    first.child.kill('SIGKILL')
    await first.ended

    const again = run({})
    const back = aVisitor(await listening(again), member.cookie, member.token, member.did)
    expect((await back.go('/auth/me')).status).toBe(200)
    expect((await back.post('/auth/refresh')).status).toBe(200)
    again.child.kill('SIGTERM')
    expect((await again.ended).code).toBe(0)

    const secrets = join(folder, '.latchkey', 'secrets.json')
    expect((await stat(secrets)).mode & 0o777).toBe(0o600)
    expect(await readFile(join(folder, '.latchkey', '.gitignore'), 'utf8')).toBe('*\n')
  }, 180_000)
})

describe.runIf(postgresUrl !== undefined)('on PostgreSQL', () => {
  it('two servers that start together on an empty database both start, with one admin', async () => {
    const fresh = await createDatabase()
    const env = { DATABASE_URL: fresh.url, ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'a long admin passphrase' }
    const servers = [run(env), run(env)]
    const urls = await Promise.all(servers.map(listening))
    const admin = aVisitor(urls[1] ?? '')
    await admin.post('/auth/login', { email: 'Admin@Example.com', password: env.ADMIN_PASSWORD })
    const { status, body } = await admin.go('/admin/users')
    expect([status, body]).toMatchObject([200, { total: 1 }])
    for (const { child } of servers) child.kill('SIGINT')
    expect(await Promise.all(servers.map(async ({ ended }) => (await ended).code))).toEqual([0, 0])
    await fresh.drop()
  })
})
