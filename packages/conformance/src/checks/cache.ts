// Whether caches may keep answers with tokens; its secret is that a Set-Cookie has been cached before (CVE-2025-48947).
import type { Check } from '../check.js'
import type { Exchange } from '../browser.js'
import { fail, pass, worst } from '../finding.js'

export const cache: Check = {
  id: 'cache',
  title: 'No cache keeps an answer with a token or a user',
  why: 'A proxy or CDN that keeps one person’s answer gives it to the next: somebody else is signed in (CVE-2025-48947).',
  fix: 'Send Cache-Control: no-store with every answer of the auth routes, errors included (RFC 6749 §5.1).',
  async look(stage) {
    const visitor = stage.visitor()
    await stage.signIn()
    const answers = [await visitor.login(await stage.account()), await visitor.refresh()]
    const me = stage.profile.me?.()
    if (me !== undefined) answers.push(await visitor.ask(me))
    return worst(answers.map(judge))
  },
}

function judge({ call, headers }: Exchange) {
  const said = headers.get('Cache-Control')
  if (said !== null && /\bno-store\b/i.test(said)) return pass(`${call}: no-store.`)
  return fail(`${call} says ${said === null ? 'no Cache-Control' : `Cache-Control: ${said}`}.`)
}
