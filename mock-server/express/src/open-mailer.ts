// Which way mails leave: by SMTP, to the log of a developer, or not at all. Its secret: no link is logged in production (B38).
import type { Mailer } from '@latchkey/engine'
import type { Logger } from 'pino'
import type { Config } from './config.js'
import { openSmtp } from './smtp.js'

/** The mailer of the configuration; null where production has no `SMTP_URL`. Told to `closing`, if there is anything to close. */
export function openMailer(
  { isProduction, mail: { smtpUrl, from } }: Pick<Config, 'isProduction' | 'mail'>,
  logger: Logger,
  closing: (() => Promise<unknown>)[],
): Mailer | null {
  if (smtpUrl !== null && from !== null) {
    const smtp = openSmtp({ url: smtpUrl, from, onFailure: (error) => logger.error({ err: error }, 'mail not sent') })
    closing.push(async () => smtp.close())
    return smtp
  }
  if (!isProduction) return { send: async (mail) => logger.info({ mail }, 'SMTP_URL is not set: this mail stays here') }
  logger.warn('SMTP_URL is not set: no mail is sent, so nobody can prove an address or reset a password')
  return null
}
