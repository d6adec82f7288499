// The words of every mail, as text and as HTML. Their secret: nothing that a stranger typed is ever more than text (S35).
import type { FactorChange, Mail } from '@latchkey/engine'

/** A mail as it is sent. */
export type MailText = { readonly subject: string; readonly text: string; readonly html: string }

/** A mail's parts; the link stands on a line of its own. */
type Words = { readonly subject: string; readonly says: string; readonly link?: string; readonly ends: string }

/** The mail in words. */
export function writeMail(mail: Mail): MailText {
  const { subject, says, link, ends } = wordsFor(mail)
  const name = mail.name === null ? '' : oneLine(mail.name)
  const greeting = name === '' ? 'Hello,' : `Hello ${name},`
  const lines = [greeting, says, ...(link === undefined ? [] : [link]), ends]
  const paragraph = (line: string) => `<p>${line === link ? anchor(link) : escaped(line)}</p>`
  return {
    subject,
    text: `${lines.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${lines.map(paragraph).join('')}</body></html>`,
  }
}

function wordsFor(mail: Mail): Words {
  const ignore = 'If you did not ask for this, ignore this mail: nothing changes.'
  if (mail.kind === 'password-changed') {
    return {
      subject: 'Your password was changed',
      says: 'The password of your account was changed, and other devices were signed out.',
      ends: 'If that was not you, set a new password at once by “Forgot password?” where you sign in.',
    }
  }
  if (mail.kind === 'account-deleted') {
    return {
      subject: 'Your account was deleted',
      says: 'Your account was deleted with everything in it, and every device was signed out. This is the last mail about it.',
      ends: 'If that was not you, write at once to the people who run this app.',
    }
  }
  if (mail.kind === 'email-change-asked' || mail.kind === 'email-changed') return moving(mail.kind)
  if (mail.kind === 'factor-changed') {
    return {
      subject: 'How you sign in was changed',
      says: factorWords[mail.change],
      ends: 'If that was not you, sign in, look at your second factors and devices, and set a new password.',
    }
  }
  if (mail.kind === 'new-device' || mail.kind === 'reuse-detected') return alarm(mail)
  if (mail.kind === 'sign-in-linked') {
    return {
      subject: 'Another way to sign in',
      says: `Your account can now be signed in to with ${oneLine(mail.provider)}.`,
      ends: 'If that was not you, set a new password at once by “Forgot password?” where you sign in, and unlink it in your account.',
    }
  }
  const { link } = mail
  if (mail.kind === 'already-registered') {
    const says = `Somebody, maybe you, registered with this address, which has an account already. Log in to it, or set a new password by this link. It works once, for ${duration(mail.expiresIn)}.`
    return { subject: 'You have an account already', says, link, ends: ignore }
  }
  const once = `The link works once, for ${duration(mail.expiresIn)}.`
  if (mail.kind === 'change-email') {
    const says = `Confirm that your account moves to this address. ${once} Open it where you are signed in.`
    return { subject: 'Confirm your new email address', says, link, ends: ignore }
  }
  return mail.kind === 'verify-email'
    ? { subject: 'Confirm your email address', says: `Confirm that this address is yours. ${once}`, link, ends: ignore }
    : { subject: 'Set a new password', says: `Set a new password for your account. ${once}`, link, ends: ignore }
}

/** To the old address: the owner of the account may not be the one who asks. */
const moving = (kind: 'email-change-asked' | 'email-changed'): Words =>
  kind === 'email-change-asked'
    ? {
        subject: 'Your email address is about to change',
        says: 'Somebody who is signed in to your account asked to move it to another email address.',
        ends: 'If that was not you, set a new password at once by “Forgot password?” where you sign in: then it stays here.',
      }
    : {
        subject: 'Your email address was changed',
        says: 'Your account was moved to another email address, and other devices were signed out. You no longer sign in with this one.',
        ends: 'If that was not you, write at once to the people who run this app.',
      }

const factorWords: Readonly<Record<FactorChange, string>> = {
  'totp-enabled':
    'Codes of an authenticator app are now asked for when you sign in, and other devices were signed out.',
  'totp-disabled': 'Codes of an authenticator app are no longer asked for, and other devices were signed out.',
  'backup-codes-renewed': 'New backup codes were made for your account. The old ones no longer work.',
  'passkey-added': 'A passkey was added to your account: whoever holds it can sign in with it.',
  'passkey-removed': 'A passkey was removed from your account. It signs nobody in any more.',
  'backup-code-used': 'One of your backup codes was used to sign in. It does not work again.',
}

/** What an owner should know of who was there. */
function alarm({ kind, device, ip, at }: Extract<Mail, { readonly kind: 'new-device' | 'reuse-detected' }>): Words {
  const when = `${new Date(at).toISOString().slice(0, 16).replace('T', ' at ')} UTC`
  const seen = `${device ?? 'An unknown device'}${ip === null ? '' : `, address ${ip}`}, on ${when}`
  return kind === 'new-device'
    ? {
        subject: 'A new device signed in to your account',
        says: `Somebody signed in to your account on a device that was not seen before: ${seen}.`,
        ends: 'If that was you, all is well. If not, change your password at once, and end the sessions that you do not know.',
      }
    : {
        subject: 'We ended a session of your account',
        says: `A key to your account was used twice, which happens where somebody has a copy of it: ${seen}. We ended that session.`,
        ends: 'Sign in again, look at the list of your devices, and change your password if there is one that you do not know.',
      }
}

const duration = (seconds: number): string => {
  const hours = Math.round(seconds / 3600)
  return hours === 1 ? 'one hour' : `${hours} hours`
}

/** Line breaks and control characters become spaces: a name stays on its line. */
const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 100)

const anchor = (link: string): string => `<a href="${escaped(link)}">${escaped(link)}</a>`

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)
