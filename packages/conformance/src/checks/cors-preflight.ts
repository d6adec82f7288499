// What the browser asks before it lets a page send. Its secret: which headers make it ask.
import type { WireCall } from '@latchkey/core'
import type { Check } from '../check.js'
import { fail, pass, skip, worst, type Seen } from '../finding.js'
import type { Stage } from '../stage.js'

export const corsPreflight: Check = {
  id: 'cors-preflight',
  title: 'The preflight allows what the client sends',
  why: 'A browser asks first (OPTIONS) for JSON bodies, Authorization and custom headers; a no means that the request is never sent.',
  fix: 'Answer OPTIONS with 2xx, without asking for a token, and list the methods and headers in Access-Control-Allow-Methods and -Headers.',
  async look(stage) {
    const { origin, baseURL } = stage.target
    if (origin === new URL(baseURL).origin) return skip('The page is of the API’s own origin.')
    const api = stage.protectedCall()
    const calls: [WireCall, readonly string[]][] = [
      [stage.profile.login({ email: 'a@example.com', username: 'a', password: 'x' }), []],
      [stage.profile.refresh('x'), []],
    ]
    if (api !== null) calls.push([api, stage.profile.bearer === 'header' ? ['authorization'] : []])
    return worst(await Promise.all(calls.map(([call, more]) => judge(stage, call, more))))
  },
}

async function judge(stage: Stage, call: WireCall, more: readonly string[]): Promise<Seen> {
  const own = Object.keys(call.headers ?? {}).map((name) => name.toLowerCase())
  const wanted = [...own, ...more, ...(call.json === undefined ? [] : ['content-type'])].filter(
    (name) => name !== 'accept',
  )
  if (wanted.length === 0 && ['GET', 'POST'].includes(call.method))
    return pass(`${call.method} ${call.path} needs no preflight.`)
  const { url } = stage.browser()
  const response = await fetch(url(call.path), {
    method: 'OPTIONS',
    signal: AbortSignal.timeout(stage.target.timeout),
    headers: {
      Origin: stage.target.origin,
      'Access-Control-Request-Method': call.method,
      'Access-Control-Request-Headers': wanted.join(','),
    },
  })
  await response.body?.cancel()
  const list = (name: string): readonly string[] => (response.headers.get(name) ?? '').toLowerCase().split(/\s*,\s*/)
  const headers = list('Access-Control-Allow-Headers')
  const missing = wanted.filter(
    (name) => !headers.includes(name) && !(headers.includes('*') && name !== 'authorization'),
  )
  const methods = [...list('Access-Control-Allow-Methods'), 'get', 'post', 'head']
  if (!response.ok) return fail(`OPTIONS ${call.path} answered ${response.status}.`)
  if (missing.length > 0) return fail(`OPTIONS ${call.path} does not allow ${missing.join(', ')}.`)
  if (!methods.includes(call.method.toLowerCase()) && !methods.includes('*'))
    return fail(`OPTIONS ${call.path} does not allow ${call.method}.`)
  return pass(`OPTIONS ${call.path} allows ${wanted.join(', ') || call.method}.`)
}
