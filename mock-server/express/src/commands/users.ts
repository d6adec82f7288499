// `latchkey-server users …`. Its secret: what an operator does goes the way that an admin’s route goes, audit log included.
import { randomBytes } from 'node:crypto'
import { canonicalEmail, createEngine, type Engine, EmailTaken, newAccount, type Store } from '@latchkey/engine'
import type { Config } from '../config.js'
import { openDenylist } from '../open-denylist.js'
import { openStore } from '../open-store.js'
import { createPasswords } from '../passwords.js'
import { openRedis } from '../redis.js'

const clock = { now: () => Date.now() }
const passwords = createPasswords()

/** What a command cannot do, in words for the person at the terminal. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'
}

/** Runs a command on the configured database, with an engine that tells other servers by Redis where there is one. */
export async function withEngine<Result>(
  config: Config,
  work: (at: { readonly store: Store; readonly engine: Engine }) => Promise<Result>,
): Promise<Result> {
  const closing: (() => Promise<unknown>)[] = []
  const store = await openStore(config.databaseUrl)
  closing.push(() => store.close())
  try {
    const redis = config.redisUrl === null ? null : await connected(config.redisUrl, closing)
    const { accessTtl: ttl = 600 } = config.engine
    const denylist = openDenylist({ databaseUrl: config.databaseUrl, ttl }, clock, redis, closing)
    const { pepper } = config
    const engine = createEngine({ ...config.engine, ...(pepper && { pepper }), store, passwords, clock, denylist })
    closing.push(() => engine.settled())
    return await work({ store, engine })
  } finally {
    for (const close of closing.toReversed()) await close()
  }
}

/** Redis if it answers; servers that were not told ask the database, or wait for the token's end. */
function connected(url: string, closing: (() => Promise<unknown>)[]) {
  return new Promise<ReturnType<typeof openRedis> | null>((resolve) => {
    const redis = openRedis(url, { lost: () => resolve(null), ready: () => resolve(redis) })
    closing.push(async () => redis.disconnect())
  })
}

export type NewUser = {
  readonly email: string
  readonly role: string
  readonly name: string | null
  /** A made one where null. */
  readonly password: string | null
}

/** Creates an account whose address counts as proven; answers its id, and the password where one was made. */
export async function createUser(
  config: Config,
  { email, role, name, password }: NewUser,
): Promise<{ readonly id: string; readonly made: string | null }> {
  const roles = Object.keys({ user: [], admin: [], ...config.engine.permissions })
  if (!roles.includes(role)) throw new CommandRefused(`There is no role ${role}: use one of ${roles.join(', ')}.`)
  if (canonicalEmail(email) === null) throw new CommandRefused(`${email} is no mail address.`)
  if (password !== null && password.length < 15) throw new CommandRefused('The password has fewer than 15 characters.')
  const made = password === null ? randomBytes(15).toString('base64url') : null
  return withEngine(config, async ({ store }) => {
    const input = { email, role, displayName: name, emailVerified: true, password: password ?? made ?? '' }
    const account = await newAccount(input, { passwords, clock })
    try {
      await store.insertAccount(account)
    } catch (error) {
      if (error instanceof EmailTaken) throw new CommandRefused(`${account.email} has an account already.`)
      throw error
    }
    const entry = {
      at: clock.now(),
      type: 'user_created',
      accountId: account.id,
      sid: null,
      actorId: null,
      ip: null,
      device: null,
    }
    await store.appendAudit([{ ...entry, detail: `${role}, by the command` }])
    return { id: account.id, made }
  })
}

/** One line an account: id, address, role, and whether it may sign in. */
export async function listUsers(
  config: Config,
  { search, limit, offset }: { readonly search: string; readonly limit: number; readonly offset: number },
): Promise<string> {
  return withEngine(config, async ({ store }) => {
    const { accounts, total } = await store.listAccounts({ limit, offset, search })
    const lines = accounts.map(({ id, email, role, isActive }) =>
      [id, email, role, isActive ? 'active' : 'disabled'].join('\t'),
    )
    return [...lines, `${accounts.length} of ${total}`].join('\n')
  })
}

/** Lets an account sign in, or not: then its sessions end at once. */
export async function setActive(config: Config, email: string, isActive: boolean): Promise<void> {
  return withEngine(config, async ({ store, engine }) => {
    const account = await store.accountByEmail(canonicalEmail(email) ?? email)
    if (account === null) throw new CommandRefused(`No account has the address ${email}.`)
    await engine.changeAccount(account.id, { isActive })
  })
}
