// What other pages may read. Its secret: the origins that pass for ours where somebody matched by a pattern.
import type { Check } from '../check.js'
import { fail, pass, warn, worst, type Seen } from '../finding.js'

export const corsStrangers: Check = {
  id: 'cors-strangers',
  title: 'Other sites may not read the answers',
  why: 'An origin that is echoed with credentials lets any site that a person visits call the API as that person, and read the answers.',
  fix: 'Compare the whole origin with a list; no pattern, no suffix, no `null`, no echo.',
  async look(stage) {
    const { origin } = stage.target
    const { host, protocol } = new URL(origin)
    const strangers = ['https://evil.example', 'null', `${origin}.evil.example`, `${protocol}//evil-${host}`]
    const call = stage.profile.refresh('x')
    const seen: Seen[] = []
    for (const stranger of strangers) {
      const { headers } = await stage.browser().send(call, { origin: stranger })
      const allowed = headers.get('Access-Control-Allow-Origin')
      const withCredentials = headers.get('Access-Control-Allow-Credentials') === 'true'
      if (allowed === stranger)
        seen.push(withCredentials ? fail(`${stranger} is allowed, with credentials.`) : warn(`${stranger} is allowed.`))
      if (allowed === '*' && withCredentials) seen.push(fail('Every origin is allowed, with credentials.'))
    }
    return seen.length > 0 ? worst(seen) : pass('A foreign origin, null and two look-alikes are not allowed.')
  },
}
