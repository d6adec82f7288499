// Text from outside and the statements that reach PostgreSQL. The law: text changes parameters, and never a statement (B36, S1).
import { routes } from '@latchkey/engine'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { RunningServer } from '../src/start-server.js'
import { createDatabase, postgresUrl } from './databases.js'
import { aServer } from './settings.js'
import { aMail, aVisitor, password, type Visitor } from './visitor.js'

const texts = new Set<string>()
const original = Reflect.get(Client.prototype, 'query') as (this: Client, ...given: unknown[]) => unknown

/** The statement, however many rows it happens to write at once. */
const shapeOf = (text: string) => text.replaceAll(/\$\d+/g, '$').replace(/(\([^()]*\))(?:, \1)+/, '$1')

function query(this: Client, ...given: unknown[]): unknown {
  const [first] = given
  const text = typeof first === 'string' ? first : (first as { readonly text?: unknown }).text
  texts.add(shapeOf(String(text)))
  return original.apply(this, given)
}

const hostile = [
  `' or '1'='1`,
  `'; drop table latchkey_account; --`,
  `"; select pg_sleep(9); --`,
  `') union select password_hash from latchkey_account --`,
  `$1`,
  `$$; commit; $$`,
  `%' escape '!`,
  String.raw`\'; --`,
  `o'brien'--@example.com`,
  `{"$ne":null}`,
  `1; set role postgres`,
  `/**/or/**/1=1`,
]

describe.runIf(postgresUrl !== undefined)('on PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>
  let server: RunningServer
  let admin: Visitor

  beforeAll(async () => {
    database = await createDatabase()
    const credentials = { email: 'admin@example.com', password: 'an admin of fifteen letters' }
    const { email: ADMIN_EMAIL, password: ADMIN_PASSWORD } = credentials
    server = await aServer({ env: { DATABASE_URL: database.url, ADMIN_EMAIL, ADMIN_PASSWORD } })
    admin = aVisitor(server.url)
    await admin.post('/auth/login', credentials)
    Client.prototype.query = query as typeof Client.prototype.query
  })
  afterAll(async () => {
    Client.prototype.query = original as typeof Client.prototype.query
    await server.stop()
    await database.drop()
  })

  /** A body with the word in every field of text, or in one alone, where the others are as they should be. */
  const bodiesOf = (schema: z.ZodType, word: string): readonly unknown[] => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    const names = Object.keys(properties)
    const good: Readonly<Record<string, string>> = { email: aMail(), password, new_password: `${password} 2` }
    const all = Object.fromEntries(names.map((name) => [name, word]))
    return [all, ...names.map((name) => ({ ...all, ...good, [name]: word }))].map((body) =>
      Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name))),
    )
  }

  /** The word in every parameter, field and header of every route, by a bearer and by nobody; then where it is stored. */
  const everywhere = async (word: string): Promise<void> => {
    const escaped = encodeURIComponent(word)
    const headers = { 'user-agent': word, 'x-forwarded-for': word, referer: word }
    for (const { method, path, body, name } of routes) {
      const target = `${path.replaceAll(/:\w+/g, escaped)}${method === 'GET' ? `?search=${escaped}&type=${escaped}&user_id=${escaped}&before=${escaped}&return_to=${escaped}` : ''}`
      for (const json of body === undefined ? [undefined] : bodiesOf(body, word)) {
        for (const token of [admin.token, '']) {
          if (token !== '' && /logout|revoke|deleteSessions/i.test(name)) continue
          const visitor = aVisitor(server.url, `__Host-latchkey=${escaped}`, token, `__Host-did=${escaped}`)
          const { status } = await visitor.go(target, { method, headers, ...(json === undefined ? {} : { json }) })
          expect([name, status < 500]).toEqual([name, true])
        }
      }
    }
    const member = aVisitor(server.url)
    const email = aMail()
    const registered = await member.post(
      '/auth/register',
      { email, password, display_name: word },
      { 'user-agent': word },
    )
    expect(registered).toMatchObject({ status: 201, body: { user: { display_name: word } } })
    expect((await member.go('/auth/sessions')).body).toMatchObject({ sessions: [{ user_agent: word }] })
    const found = await aVisitor(server.url, '', admin.token).go(`/admin/users?search=${escaped}`)
    expect(JSON.stringify(found.body)).toContain(email)
    await server.engine.settled()
  }

  it('B36, S1: no text in any field, parameter, cookie or header of any route changes a statement', async () => {
    await everywhere('plain')
    await everywhere('plainer@example.com')
    const known = new Set(texts)
    expect(known.size).toBeGreaterThan(15)
    for (const word of hostile) await everywhere(word)
    expect([...texts].filter((text) => !known.has(text))).toEqual([])
    expect((await aVisitor(server.url, '', admin.token).go('/admin/users')).status).toBe(200)
  }, 240_000)
})
