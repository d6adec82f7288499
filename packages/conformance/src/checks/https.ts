// How the API is reached; its secret is the one place where plain http is fine.
import type { Check } from '../check.js'
import { fail, pass, warn } from '../finding.js'
import { isLoopback } from '../loopback.js'

export const https: Check = {
  id: 'https',
  title: 'Tokens travel encrypted',
  why: 'Everybody on the way reads plain http; the client sends no token over it, except to this machine.',
  fix: 'Serve the API over https, with Strict-Transport-Security.',
  async look(stage) {
    const url = new URL(stage.target.baseURL)
    if (url.protocol !== 'https:')
      return isLoopback(url) ? pass('Plain http to this machine.') : fail(`${url.origin} is plain http.`)
    const { headers } = await stage.browser().send(stage.profile.refresh('x'))
    return headers.has('Strict-Transport-Security')
      ? pass('https, with HSTS.')
      : warn('https without Strict-Transport-Security.')
  },
}
