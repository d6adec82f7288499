// A server that plays a recording back to the real client, and misbehaves when a law says so.
import { createAuthClient, type AuthClient, type TokenStorage } from '../../src/index.js'
import { json, jwt } from '../backend.js'
import { fakeBrowser } from '../browser.js'
import { manualClock, type ManualClock } from '../manual-clock.js'
import type { Call, Recording, Tokens } from './recording.js'

type Seen = Required<Omit<Call, 'headers'>> & {
  readonly credentials: RequestCredentials
  readonly headers: Readonly<Record<string, string>>
}

export type Opened = {
  readonly auth: AuthClient<unknown>
  readonly clock: ManualClock
  readonly sent: readonly Seen[]
  /** The tokens of the last grant. */
  readonly tokens: () => Tokens
  /** Answers this call so until further notice. */
  readonly answer: (call: string, reply: () => Response) => void
  readonly callsOf: (call: string) => readonly Seen[]
}

export const project = 'GET /projects'

export function open(recording: Recording, storage?: TokenStorage): Opened {
  const { profile, login, refresh, logout, me, register, claims, lifetime } = recording
  const clock = manualClock()
  const sent: Seen[] = []
  const scripts = new Map<string, () => Response>()
  let grants = 0
  let held: Tokens = { access: '', refresh: '' }

  function mint(): Tokens {
    grants += 1
    const iat = Math.floor(clock.now() / 1000)
    const ends = lifetime === Infinity ? {} : { exp: iat + lifetime }
    const access = claims === null ? `opaque-${grants}` : jwt({ iat, ...ends, ...claims, jti: grants })
    held = { access, refresh: `refresh-${grants}` }
    return held
  }
  const routes = new Map<string, () => unknown>([[project, () => ({})]])
  if (me) routes.set(me.call, () => me.answer)
  if (refresh) routes.set(refresh.sends(held).call, () => refresh.answer(mint()))
  if (logout) routes.set(logout(held).call, () => ({}))
  routes.set(login.call, () => login.answer(mint()))

  function reply(call: string): Response {
    const script = scripts.get(call)
    if (script !== undefined) return script()
    if (register !== undefined && call === register.call) return json(register.answer, register.status)
    const route = routes.get(call)
    if (route === undefined) return json({}, 404)
    const body = route()
    if (body instanceof Response) return body
    const said = (call === login.call ? login : refresh)?.answerHeaders?.(held)
    return json(body, 200, { Date: new Date(clock.now()).toUTCString(), ...said })
  }

  const auth = createAuthClient<unknown>({
    baseURL: 'https://api.test',
    profile,
    clock,
    ...(storage && { storage }),
    page: fakeBrowser().openTab().page,
    random: () => 0.5,
    async fetch(input, init = {}) {
      const request = new Request(input, init)
      const { pathname, search } = new URL(request.url)
      const call = `${request.method} ${pathname}${search}`
      sent.push({
        call,
        body: read(request.headers.get('Content-Type'), await request.text()),
        authorization: request.headers.get('Authorization'),
        credentials: init.credentials ?? 'same-origin',
        headers: Object.fromEntries(request.headers),
      })
      return reply(call)
    },
  })
  return {
    auth,
    clock,
    sent,
    tokens: () => held,
    answer: (call, script) => void scripts.set(call, script),
    callsOf: (call) => sent.filter((one) => one.call === call),
  }
}

function read(type: string | null, content: string): unknown {
  if (content === '') return undefined
  return type?.startsWith('application/json') ? JSON.parse(content) : Object.fromEntries(new URLSearchParams(content))
}
