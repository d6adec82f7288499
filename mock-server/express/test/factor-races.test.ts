// Second factors under real concurrency: two servers, one PostgreSQL, fifty at once.
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeSecrets } from '../src/secrets.js'
import type { RunningServer } from '../src/start-server.js'
import { onPostgres, postgresUrl, type Stage } from './databases.js'
import { aServer } from './settings.js'
import { aMember, aVisitor, password } from './visitor.js'

const fifty = <Result>(task: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: 50 }, (_, index) => task(index)))

describe.runIf(postgresUrl !== undefined)('on PostgreSQL, fifty at once over two servers', () => {
  let stage: Stage & { readonly url: string }
  let servers: readonly RunningServer[] = []

  beforeAll(async () => {
    stage = await onPostgres()
    const env = {
      DATABASE_URL: stage.url,
      REFRESH_TOKEN_PEPPER: 'p'.repeat(32),
      JWT_PRIVATE_KEYS: JSON.stringify(makeSecrets()),
    }
    servers = [await aServer({ env }), await aServer({ env })]
  })
  afterAll(async () => {
    for (const server of servers) await server.stop()
    await stage.strike()
  })

  const urlOf = (index: number): string => servers[index % 2]?.url ?? ''

  const aGuarded = async () => {
    const member = await aMember(urlOf(0))
    const { body } = await member.post('/auth/mfa/totp/enroll')
    const totp = new TOTP({ secret: Secret.fromBase32(String(body['secret'])) })
    const code = (steps: number) => totp.generate({ timestamp: Date.now() + steps * 30_000 })
    const confirmed = await member.post('/auth/mfa/totp/confirm', { code: code(-1) })
    const challenges = await fifty(async (index) => {
      const login = await aVisitor(urlOf(index)).post('/auth/login', { email: member.email, password })
      return String(login.body['challenge'])
    })
    return { member, code, codes: confirmed.body['backup_codes'] as readonly string[], challenges }
  }

  const verify = async (index: number, challenge: string | undefined, code: string | undefined) =>
    (await aVisitor(urlOf(index)).post('/auth/mfa/verify', { challenge, code })).status

  const counted = (statuses: readonly number[]) => statuses.filter((status) => status === 200).length

  it('B24, S20: one code of the authenticator, each on a login of its own: exactly one wins', async () => {
    const { code, challenges } = await aGuarded()
    const shown = code(0)
    const statuses = await fifty((index) => verify(index, challenges[index], shown))
    expect(counted(statuses)).toBe(1)
    expect(statuses.filter((status) => status >= 500)).toEqual([])
  })

  it('B25, S19: one backup code, each on a login of its own: exactly one wins', async () => {
    const { codes, challenges } = await aGuarded()
    const statuses = await fifty((index) => verify(index, challenges[index], codes[0]))
    expect(counted(statuses)).toBe(1)
    expect(statuses.filter((status) => status >= 500)).toEqual([])
  })

  it('S43: one login, ten right backup codes: exactly one of them is taken for it', async () => {
    const { codes, challenges } = await aGuarded()
    const statuses = await fifty((index) => verify(index, challenges[0], codes[index % 10]))
    expect(counted(statuses)).toBe(1)
  })

  it('S21: wrong codes on fifty logins: twenty are looked at, the rest is 429 on either server', async () => {
    const { challenges } = await aGuarded()
    const statuses = await fifty((index) => verify(index, challenges[index], '000000'))
    expect([401, 429].map((wanted) => statuses.filter((status) => status === wanted).length)).toEqual([20, 30])
  })
})
