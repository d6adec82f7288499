// Everything that leaves the server but replies that must hold one: no secret is in any of it.
import { createMemoryStore, type Mail } from '@latchkey/engine'
import { expect, it } from 'vitest'
import { aServer } from './settings.js'
import { aMember, aVisitor, password } from './visitor.js'

it('no token, cookie, password or link is in the log, the metrics, the audit log, or a refusal (B38, S36, J6)', async () => {
  const lines: string[] = []
  const mails: Mail[] = []
  const store = createMemoryStore()
  const server = await aServer({
    store,
    logStream: { write: (line: string) => void lines.push(line) },
    mailer: { send: async (mail) => void mails.push(mail) },
    env: { LOG_LEVEL: 'trace', METRICS_PORT: '0' },
  })
  const secrets = new Set<string>([password, 'canary-password'])
  const refusals: string[] = []
  const keep = async (answer: Promise<{ readonly status: number; readonly body: unknown }>) => {
    const { status, body } = await answer
    if (status >= 400) refusals.push(JSON.stringify(body))
  }
  const member = await aMember(server.url)
  const remember = () => [member.cookie, member.did, member.token].forEach((each) => secrets.add(each))
  remember()
  await keep(member.post('/auth/refresh'))
  remember()
  await keep(aVisitor(server.url).post('/auth/login', { email: member.email, password: 'canary-password' }))
  await keep(aVisitor(server.url).post('/auth/password/forgot', { email: member.email }))
  await server.engine.settled()
  for (const mail of mails) if ('link' in mail) secrets.add(mail.link.split('#token=')[1] ?? '')
  expect(secrets.size).toBeGreaterThanOrEqual(8)
  for (const secret of [...secrets].filter((each) => each !== '')) {
    const path = encodeURIComponent(secret)
    await keep(member.go(`/auth/sessions/${path}?token=${path}`, { method: 'DELETE' }))
    await keep(member.go(`/auth/me?token=${path}`, { headers: { 'user-agent': 'Agent/1.0', 'x-request-id': secret } }))
    await keep(aVisitor(server.url, '', secret.replaceAll(' ', '')).go('/auth/me'))
    await keep(aVisitor(server.url).post('/auth/email/verify', { token: `${secret}x` }))
  }
  await keep(member.post('/auth/logout-all'))
  const metrics = await (await fetch(server.metricsUrl ?? '')).text()
  await server.engine.settled()
  const audit = JSON.stringify(await store.listAudit({ limit: 1_000, before: null, accountId: null, type: null }))
  await server.stop()

  // What was in a path is the caller's own doing; the paths of the log are looked at without it.
  const log = lines.map((line) => line.replaceAll(/"path":"\/auth\/sessions\/[^"]*"/g, '')).join('')
  const sinks = { log, metrics, audit, refusals: refusals.join('') }
  for (const [name, text] of Object.entries(sinks)) {
    expect([name, text.length > 100]).toEqual([name, true])
    for (const secret of secrets) {
      const [, value = secret] = /^[^=]+=(.{20,})$/.exec(secret) ?? []
      if (value !== '') expect([name, text]).not.toEqual([name, expect.stringContaining(value)])
    }
  }
})
