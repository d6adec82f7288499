// Mails by SMTP. Its secret: the pool, its patience, and that an address is one address (CVE-2022-35924).
import type { Mailer } from '@latchkey/engine'
import { createTransport } from 'nodemailer'
import { writeMail } from './mail-text.js'

export type SmtpOptions = {
  /** `smtp://user:password@host:587`, or `smtps://…`; settings of nodemailer may follow as a query. */
  readonly url: string
  /** `Example <no-reply@example.com>`. */
  readonly from: string
  /** Told why a mail was not sent, before the promise rejects; never its link. */
  readonly onFailure?: (error: Error) => void
}

/** A mailer that can be closed: what has not left by then is lost. */
export type Smtp = Mailer & { readonly close: () => void }

const patience = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000, dnsTimeout: 5_000 }

/** Sends as text and HTML over at most five connections, opened at the first mail; each waits seconds, not minutes. */
export function openSmtp({ url, from, onFailure }: SmtpOptions): Smtp {
  const transport = createTransport({ url, pool: true, disableFileAccess: true, disableUrlAccess: true, ...patience })
  return {
    send: async (mail) => {
      const headers = { 'Auto-Submitted': 'auto-generated' }
      try {
        // As an object the address is not parsed: a comma in it would be no second one.
        await transport.sendMail({ from, to: { name: '', address: mail.to }, headers, ...writeMail(mail) })
      } catch (cause) {
        const failure = new Error(`A mail of the kind ${mail.kind} was not sent: ${reason(cause)}.`)
        onFailure?.(failure)
        throw failure
      }
    },
    close: () => transport.close(),
  }
}

/** The code and not the message: servers quote in it what they were sent. */
function reason(cause: unknown): string {
  const { code, responseCode } = cause as { readonly code?: unknown; readonly responseCode?: unknown }
  const known = [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number')
  return known.length > 0 ? known.join(' ') : 'for an unknown reason'
}
