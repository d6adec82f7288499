// Links out of mails under real concurrency: two servers, one PostgreSQL, fifty at once.
import type { Mail } from '@latchkey/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeSecrets } from '../src/secrets.js'
import type { RunningServer } from '../src/start-server.js'
import { onPostgres, postgresUrl, type Stage } from './databases.js'
import { aServer } from './settings.js'
import { aMember, aVisitor, password } from './visitor.js'

const fifty = <Result>(task: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: 50 }, (_, index) => task(index)))
const rounds = 5

describe.runIf(postgresUrl !== undefined)('on PostgreSQL, fifty at once over two servers', () => {
  let stage: Stage & { readonly url: string }
  let servers: readonly RunningServer[] = []
  const mails: Mail[] = []

  beforeAll(async () => {
    stage = await onPostgres()
    const env = {
      DATABASE_URL: stage.url,
      REFRESH_TOKEN_PEPPER: 'p'.repeat(32),
      JWT_PRIVATE_KEYS: JSON.stringify(makeSecrets()),
      APP_URL: 'http://127.0.0.1:5173',
    }
    const mailer = { send: async (mail: Mail) => void mails.push(mail) }
    servers = [await aServer({ env, mailer }), await aServer({ env, mailer })]
  })
  afterAll(async () => {
    for (const server of servers) await server.stop()
    await stage.strike()
  })

  const urlOf = (index: number): string => servers[index % 2]?.url ?? ''
  const ticketFor = async (email: string, kind: Mail['kind']) => {
    for (const { engine } of servers) await engine.settled()
    const mail = mails.findLast((each) => each.to === email && each.kind === kind)
    return /#token=([\w-]{43})/.exec(mail !== undefined && 'link' in mail ? mail.link : '')?.[1] ?? ''
  }
  const winners = (statuses: readonly number[], won: number) => [
    statuses.filter((status) => status === won).length,
    statuses.filter((status) => status === 422).length,
  ]

  it('one reset ticket has one winner, whose password alone is good (S37)', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { email } = await aMember(urlOf(0))
      await aVisitor(urlOf(1)).post('/auth/password/forgot', { email })
      const token = await ticketFor(email, 'reset-password')
      const chosen = (index: number) => `another long password ${index}`
      const statuses = await fifty(async (index) => {
        const answer = await aVisitor(urlOf(index)).post('/auth/password/reset', { token, password: chosen(index) })
        return answer.status
      })
      expect(winners(statuses, 204)).toEqual([1, 49])
      const winner = statuses.indexOf(204)
      const login = async (text: string) =>
        (await aVisitor(urlOf(round)).post('/auth/login', { email, password: text })).status
      expect([await login(chosen(winner)), await login(chosen(winner + 1)), await login(password)]).toEqual([
        200, 401, 401,
      ])
    }
  })

  it('one ticket that proves an address has one winner (S37)', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const member = await aMember(urlOf(0))
      const token = await ticketFor(member.email, 'verify-email')
      const statuses = await fifty(
        async (index) => (await aVisitor(urlOf(index)).post('/auth/email/verify', { token })).status,
      )
      const [won] = statuses.filter((status) => status < 300)
      expect(winners(statuses, won ?? 0)).toEqual([1, 49])
      expect((await member.go('/auth/me')).body).toMatchObject({ email_verified: true })
    }
  })
})
