// The protected route with no token and with nonsense; its secret is the answer that starts a refresh.
import type { Check } from '../check.js'
import type { Exchange } from '../browser.js'
import type { Profile } from '@latchkey/core'
import { fail, pass, skip, warn, worst, type Seen } from '../finding.js'

const soup = ['not-a-token', 'a.b.c', '..', '%00%ff', 'x'.repeat(4_000)]

export const bearer: Check = {
  id: 'bearer',
  title: 'The API lets in who has a token, and answers 401 to everybody else',
  why: 'The client refreshes on a 401. Another status leaves people with errors until they reload; a 500 is a crash for the asking.',
  fix: 'Answer 401 with `WWW-Authenticate: Bearer` to a missing, malformed or expired token; keep 403 for “not allowed”.',
  async look(stage) {
    const call = stage.protectedCall()
    if (call === null) return skip('No protected route is known: name one by --protected.')
    const visitor = await stage.signIn()
    const { status } = await visitor.ask(call)
    if (status >= 400) return fail(`${call.method} ${call.path} answered ${status} to a fresh token.`)
    const browser = stage.browser()
    const none = await browser.send(call)
    const seen = [judge(stage.profile, 'no token', none)]
    if (stage.profile.bearer === 'header')
      for (const token of soup)
        seen.push(judge(stage.profile, 'a malformed token', await browser.send(call, { bearer: token })))
    if (none.status === 401 && !none.headers.has('WWW-Authenticate') && stage.profile.bearer === 'header')
      seen.push(warn(`${none.call}: the 401 has no WWW-Authenticate (RFC 6750 §3).`))
    return worst(seen)
  },
}

function judge(profile: Profile, what: string, { call, status, headers, content }: Exchange): Seen {
  if (status < 400) return fail(`${call} answered ${status} to ${what}.`)
  if (status >= 500) return fail(`${call} answered ${status} to ${what}.`)
  if (status === 401 || profile.isExpiry?.(new Response(content, { status, headers })) === true)
    return pass(`${status} to ${what}.`)
  return fail(`${call} answered ${status} to ${what}, on which the client does not refresh.`)
}
