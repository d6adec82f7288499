// Mails on their real way: from a route over SMTP to a letter box, and what happens where there is none.
import { createMemoryStore, type FactorChange, type Mail } from '@latchkey/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLog } from '../src/log.js'
import { writeMail } from '../src/mail-text.js'
import { openMailer } from '../src/open-mailer.js'
import { openSmtp } from '../src/smtp.js'
import { aCatcher, type Catcher, textOf } from './catcher.js'
import { aServer } from './settings.js'
import { aMember, aVisitor } from './visitor.js'

const from = 'Latchkey <no-reply@example.com>'
const mail = (more: Partial<Mail> = {}): Mail => ({
  kind: 'verify-email',
  to: 'ada@example.com',
  name: null,
  link: 'https://app.example.com/verify-email#token=abc',
  expiresIn: 86_400,
  ...(more as object),
})

function aSink() {
  const lines: string[] = []
  return { lines, write: (line: string) => void lines.push(line) }
}

const tokenIn = (text: string): string => /#token=([\w-]{43})\s/.exec(text)?.[1] ?? ''

describe('with SMTP_URL', () => {
  let catcher: Catcher
  beforeAll(async () => {
    catcher = await aCatcher()
  })
  afterAll(() => catcher.close())

  it('a link reaches the owner’s letter box, and opens the account (B29)', async () => {
    const env = { SMTP_URL: catcher.url, MAIL_FROM: from, APP_URL: 'https://app.example.com' }
    const server = await aServer({ store: createMemoryStore(), env })
    const { email } = await aMember(server.url)
    const stranger = aVisitor(server.url)
    expect((await stranger.post('/auth/password/forgot', { email }, { host: 'evil.example.net' })).status).toBe(204)
    await server.engine.settled()
    const letters = catcher.caught.filter(({ to }) => to.includes(email))
    expect(letters).toMatchObject([{ from: 'no-reply@example.com', to: [email] }, { to: [email] }])
    expect(letters[0]?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m)
    const text = textOf(letters[1]?.raw ?? '')
    expect(text).toContain('\nhttps://app.example.com/reset-password#token=')
    const body = { token: tokenIn(text), password: 'another long password' }
    expect((await stranger.post('/auth/password/reset', body)).status).toBe(204)
    expect((await stranger.post('/auth/login', { email, password: body.password })).status).toBe(200)
    await server.stop()
    expect(catcher.caught.filter(({ to }) => to.includes(email))).toHaveLength(3)
  })

  it('one address is one recipient, whatever stands in it (S35)', async () => {
    const smtp = openSmtp({ url: catcher.url, from })
    const before = catcher.caught.length
    for (const to of [
      'a@example.com, b@example.com',
      'a@example.com\r\nBcc: b@example.com',
      'a@example.com>,<b@example.com',
    ]) {
      await smtp.send(mail({ to })).catch(() => undefined)
    }
    for (const { to, raw } of catcher.caught.slice(before)) {
      expect(to).toHaveLength(1)
      expect(raw).not.toMatch(/^bcc:/im)
      expect(to).not.toContain('b@example.com')
    }
    smtp.close()
  })

  it('a name with line breaks adds no header and no line (S35)', async () => {
    const smtp = openSmtp({ url: catcher.url, from })
    await smtp.send(mail({ name: 'Ada\r\nBcc: evil@example.net\r\n\r\n<script>alert(1)</script>' }))
    const letter = catcher.caught.at(-1)
    expect(letter?.to).toEqual(['ada@example.com'])
    expect(letter?.raw).not.toMatch(/^(bcc:|<script)/im)
    expect(textOf(letter?.raw ?? '')).toMatch(/^Hello Ada Bcc: evil@example\.net <script>alert\(1\)<\/script>,\r?\n/)
    smtp.close()
  })
})

describe('a mail server that is not there, or refuses', () => {
  it('fails no request, and no token, link or address of it reaches the log (B38, S36)', async () => {
    const refusing = await aCatcher('spam:')
    const gone = await aCatcher()
    await gone.close()
    for (const url of [refusing.url, gone.url]) {
      const sink = aSink()
      const env = { SMTP_URL: url, MAIL_FROM: from, LOG_LEVEL: 'trace' }
      const server = await aServer({ store: createMemoryStore(), env, logStream: sink })
      const { email } = await aMember(server.url)
      await server.engine.settled()
      await server.stop()
      const log = sink.lines.join('')
      expect(log).toContain('mail_failed')
      expect(log).toMatch(/A mail of the kind verify-email was not sent: E\w+/)
      expect(log).not.toContain('token=')
      expect(log).not.toContain(email)
    }
    const [refused] = refusing.caught
    expect(tokenIn(textOf(refused?.raw ?? ''))).not.toBe('')
    await refusing.close()
  })
})

describe('without SMTP_URL', () => {
  it('development prints the mail to the log, its link below the first allowed origin', async () => {
    const sink = aSink()
    const server = await aServer({ store: createMemoryStore(), logStream: sink, env: { LOG_LEVEL: 'info' } })
    const { email } = await aMember(server.url)
    await server.stop()
    const line = sink.lines.find((each) => each.includes('SMTP_URL')) ?? '{}'
    const link = expect.stringMatching(/^http:\/\/localhost:5173\/verify-email#token=[\w-]{43}$/)
    expect(JSON.parse(line)).toMatchObject({ mail: { kind: 'verify-email', to: email, link } })
  })

  it('production sends and prints nothing, and says so once (B38)', async () => {
    const sink = aSink()
    const closing: (() => Promise<unknown>)[] = []
    const config = { isProduction: true, mail: { smtpUrl: null, from: null } }
    expect(openMailer(config, createLog('trace', sink), closing)).toBeNull()
    expect(sink.lines).toHaveLength(1)
    expect(closing).toEqual([])
  })
})

describe('the words of a mail', () => {
  it('escape in HTML whatever somebody typed (S35)', () => {
    const { html, text } = writeMail(mail({ name: `<img src=x onerror="alert('1')">&` }))
    expect(html).toContain('Hello &lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;,')
    expect(html.match(/<[a-z]+/g)).toEqual(['<html', '<body', '<p', '<p', '<p', '<a', '<p'])
    expect(text).toContain(`Hello <img src=x onerror="alert('1')">&,`)
  })

  it('say what the link does and how long, and that ignoring it is safe', () => {
    expect(writeMail(mail()).text).toMatchInlineSnapshot(`
      "Hello,

      Confirm that this address is yours. The link works once, for 24 hours.

      https://app.example.com/verify-email#token=abc

      If you did not ask for this, ignore this mail: nothing changes.
      "
    `)
    expect(writeMail(mail({ kind: 'reset-password', expiresIn: 3_600, name: 'Ada' })).text).toMatchInlineSnapshot(`
      "Hello Ada,

      Set a new password for your account. The link works once, for one hour.

      https://app.example.com/verify-email#token=abc

      If you did not ask for this, ignore this mail: nothing changes.
      "
    `)
    expect(writeMail({ kind: 'password-changed', to: 'ada@example.com', name: '\u202E ' }).text).toMatchInlineSnapshot(`
      "Hello,

      The password of your account was changed, and other devices were signed out.

      If that was not you, set a new password at once by “Forgot password?” where you sign in.
      "
    `)
  })
})

describe('S39: a mail about another address', () => {
  const to = 'ada@example.com'
  it('holds to the new one the link, how long it works, and no name', () => {
    const { subject, text } = writeMail(mail({ kind: 'change-email', expiresIn: 3_600 }))
    expect(subject).toBe('Confirm your new email address')
    expect(text).toMatch(/^Hello,\n\n.*works once, for one hour\..*\n\nhttps:\/\/app\.example\.com\//)
    expect(text).toContain('If you did not ask for this, ignore this mail')
  })

  it.each([
    ['email-change-asked', /asked to move it to another email address/],
    ['email-changed', /was moved to another email address/],
  ] as const)('says to the old one what %s is, and what to do, and links nowhere', (kind, words) => {
    const { text, html } = writeMail({ kind, to, name: null })
    expect(text).toMatch(words)
    expect(text).toContain('If that was not you')
    expect(text + html).not.toMatch(/https?:/)
  })
})

describe('B40: a mail about a factor', () => {
  const changes: Readonly<Record<FactorChange, RegExp>> = {
    'totp-enabled': /authenticator app are now asked for/,
    'totp-disabled': /no longer asked for/,
    'backup-codes-renewed': /New backup codes/,
    'backup-code-used': /was used to sign in/,
    'passkey-added': /passkey was added/,
    'passkey-removed': /passkey was removed/,
  }
  it.each(Object.entries(changes) as [FactorChange, RegExp][])(
    'says what %s is, and links nowhere',
    (change, words) => {
      const { subject, text, html } = writeMail({ kind: 'factor-changed', change, to: 'ada@example.com', name: 'Ada' })
      expect(subject).toBe('How you sign in was changed')
      expect(text).toMatch(words)
      expect(text).toContain('If that was not you')
      expect(text + html).not.toMatch(/https?:/)
    },
  )
})
