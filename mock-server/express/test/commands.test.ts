// What the commands do, without the process around them.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../src/open-store.js'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateKeys, rotate } from '../src/commands/keys.js'
import { CommandRefused, createUser, listUsers, setActive } from '../src/commands/users.js'
import { loadConfig } from '../src/config.js'
import { createPasswords } from '../src/passwords.js'
import { reseal } from '../src/commands/secrets.js'
import { sweep } from '../src/sweeping.js'
import { aServer } from './settings.js'
import { aMember, aVisitor, password } from './visitor.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-commands-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('keys', () => {
  it('of a development server are rotated where they rest (B16)', async () => {
    const env = { DATABASE_URL: `pglite:${join(folder, '.latchkey', 'db')}` }
    const read = async () =>
      JSON.parse(await readFile(join(folder, '.latchkey', 'secrets.json'), 'utf8')) as {
        readonly keys: readonly JsonWebKey[]
        readonly pepper: string
      }
    await rotate(env)
    const before = await read()
    const { line, note } = await rotate(env)
    const after = await read()
    expect([line, after.pepper, after.keys[0]]).toEqual([null, before.pepper, before.keys[1]])
    expect(note).not.toContain(String(after.keys[0]?.d))
  })

  it('that are none are refused without being shown, and without keys there is nothing to rotate', async () => {
    const broken = rotate({ JWT_PRIVATE_KEYS: '{"keys":["hunter2"]}' })
    await expect(broken).rejects.toThrow('JWT_PRIVATE_KEYS')
    await expect(broken).rejects.not.toThrow('hunter2')
    await expect(rotate({ DATABASE_URL: 'pglite::memory:' })).rejects.toThrow('set JWT_PRIVATE_KEYS')
    expect(generateKeys()).toMatch(/^JWT_PRIVATE_KEYS='\{"keys":\[\{.*\},\{.*\}\]\}'$/)
  })
})

describe('users', () => {
  it('are created, listed, disabled and enabled, and the audit log says so (J6)', async () => {
    const DATABASE_URL = `pglite:${join(folder, 'people')}`
    const config = loadConfig({ DATABASE_URL, ROLE_PERMISSIONS: '{"editor":["posts:write"]}' })
    const boss = { email: 'Boss@Example.com', role: 'editor', name: 'The Boss', password: null }
    const { id, made } = await createUser(config, boss)
    await expect(createUser(config, boss)).rejects.toThrow('boss@example.com has an account already')
    await expect(createUser(config, { ...boss, role: 'king' })).rejects.toThrow('There is no role king')
    await expect(createUser(config, { ...boss, password: 'short' })).rejects.toBeInstanceOf(CommandRefused)
    await setActive(config, 'boss@example.com', false)
    const page = { search: 'BOSS', limit: 10, offset: 0 }
    expect(await listUsers(config, page)).toBe(`${id}\tboss@example.com\teditor\tdisabled\n1 of 1`)
    await setActive(config, 'BOSS@example.com', true)
    await expect(setActive(config, 'nobody@example.com', true)).rejects.toThrow('No account')

    const store = await openStore(DATABASE_URL)
    const account = await store.accountByEmail('boss@example.com')
    expect(await createPasswords().verify(account?.passwordHash ?? '', made ?? '')).toBe(true)
    expect(account).toMatchObject({ isActive: true, emailVerified: true, displayName: 'The Boss' })
    const entries = await store.listAudit({ limit: 10, before: null, accountId: id, type: null })
    expect(entries.map(({ type }) => type)).toEqual([
      'account_changed',
      'account_enabled',
      'account_changed',
      'account_disabled',
      'user_created',
    ])
    await store.close()
  })
})

describe('secrets', () => {
  it('in the database are sealed by the first pepper, and without a second one there is nothing to do (B5)', async () => {
    const DATABASE_URL = `pglite:${join(folder, 'reseal')}`
    const [fresh, old] = ['f'.repeat(32), 'o'.repeat(32)]
    const under = (REFRESH_TOKEN_PEPPER: string) => ({ DATABASE_URL, REFRESH_TOKEN_PEPPER })
    const before = await aServer({ env: under(old) })
    const member = await aMember(before.url)
    const secret = Secret.fromBase32(String((await member.post('/auth/mfa/totp/enroll')).body['secret']))
    await before.stop()
    await expect(reseal(loadConfig(under(fresh)))).rejects.toThrow(/REFRESH_TOKEN_PEPPER=new,old/)
    expect(await reseal(loadConfig(under(`${fresh},${old}`)))).toMatch(/^1 secrets were sealed/)
    expect(await reseal(loadConfig(under(`${fresh},${old}`)))).toMatch(/^0 secrets were sealed/)
    const after = await aServer({ env: under(fresh) })
    const again = aVisitor(after.url)
    await again.post('/auth/login', { email: member.email, password })
    const { status } = await again.post('/auth/mfa/totp/confirm', { code: new TOTP({ secret }).generate() })
    await after.stop()
    expect(status).toBe(200)
  })
})

it('the cleaning goes on until nothing is left, in bites, and spares what is young', async () => {
  const day = 86_400_000
  const store = await openStore('pglite::memory:')
  const line = { type: 'logged_in', accountId: null, sid: null, actorId: null, ip: null, device: null, detail: null }
  const at = Date.now() - 31 * day
  for (let batch = 0; batch < 3; batch += 1) {
    await store.appendAudit(Array.from({ length: 400 }, () => ({ ...line, at })))
  }
  await store.appendAudit([{ ...line, at: Date.now() - 29 * day }])
  const clock = { now: () => Date.now() }
  expect(await sweep(store, { clock, auditDays: 30 })).toBe(1_200)
  expect(await sweep(store, { clock, auditDays: 30 })).toBe(0)
  expect(await store.listAudit({ limit: 10, before: null, accountId: null, type: null })).toHaveLength(1)
  await store.close()
})
