// Finds the profile that fits an unknown backend. Its secret: which answers to nonsense betray a route.
import { openBrowser, Unanswered } from './browser.js'
import { allCandidates, type Candidate } from './candidates.js'
import type { ProfileOptions } from './profiles.js'
import { createSecrets } from './secrets.js'
import { probe, type Backend } from './probe.js'
import { sketch } from './sketch.js'
import { NotSignedIn, openStage } from './stage.js'

/** What to print, and whether there is anything to try. */
export type Suggestion = { readonly text: string; readonly found: boolean }

type Judged = Candidate & { readonly points: number; readonly evidence: readonly string[]; readonly entered?: true }

const nobody = { email: 'nobody@example.com', username: 'nobody', password: 'Wrong-1-horse-battery' }
/** So many of the likely ones are tried with an account. */
const triedAtMost = 6

/** Asks each profile's login and refresh with nonsense, then tries the likely ones with an account. */
export async function suggest(backend: Backend, options: ProfileOptions): Promise<Suggestion> {
  const likely: Judged[] = []
  for (const candidate of await allCandidates(options)) {
    const judged = await knock(backend, candidate)
    if (judged.points > 0) likely.push(judged)
  }
  const tried: Judged[] = []
  for (const judged of byPoints(likely).slice(0, triedAtMost)) tried.push(await enter(backend, judged))
  if (tried.some(({ entered }) => entered)) return told(byPoints(tried), backend)
  const seen = await probe(backend)
  return seen === null ? told(byPoints(tried), backend) : { found: true, text: introduced(sketch(seen), backend) }
}

const introduced = (profile: string, { baseURL }: Backend): string =>
  `None of the profiles fits. Save this as profile.mjs, which was written from what the backend answered, and read it:\n\n${profile}\n\n  npx @latchkey/conformance ${baseURL} --profile ./profile.mjs`

const byPoints = (all: readonly Judged[]): readonly Judged[] => all.toSorted((a, b) => b.points - a.points)

async function knock(backend: Backend, candidate: Candidate): Promise<Judged> {
  const { profile } = candidate
  const browser = openBrowser({ ...backend, profile, secrets: createSecrets() })
  const evidence: string[] = []
  let points = 0
  const login = await browser.send(profile.login(nobody)).catch(orNull)
  if (login === null || isMissing(login.status)) return { ...candidate, points, evidence }
  if (login.json !== undefined && [400, 401, 403].includes(login.status)) {
    points += 2
    evidence.push(`${login.call} refuses a stranger with ${login.status} in JSON`)
  }
  const refresh = await browser.send(profile.refresh('not-a-token')).catch(orNull)
  if (refresh === null || isMissing(refresh.status)) return { ...candidate, points: points - 1, evidence }
  if (profile.isRefused(refresh.status, refresh.json) !== false) {
    points += 2
    evidence.push(`${refresh.call} refuses nonsense with ${refresh.status}, as the profile reads it`)
  }
  return { ...candidate, points, evidence }
}

const isMissing = (status: number): boolean => status === 404 || status === 405 || status === 501

/** With an account: only the right profile gets a grant, and another one for the refresh token. */
async function enter(backend: Backend, judged: Judged): Promise<Judged> {
  const { profile } = judged
  const stage = openStage({ ...backend, profile }, async () => undefined)
  const evidence = [...judged.evidence]
  let { points } = judged
  let entered = false
  try {
    const visitor = await stage.signIn()
    entered = true
    points += 3
    evidence.push('a login brings a grant that the profile reads')
    const me = profile.me?.()
    if (me !== undefined && (await visitor.ask(me)).ok) {
      points += 1
      evidence.push(`${me.method} ${me.path} tells the user`)
    }
    if ((await visitor.refreshToken()) !== null && (await visitor.refresh()).ok) {
      points += 4
      evidence.push('a refresh brings another')
    }
  } catch (error) {
    if (!(error instanceof NotSignedIn) && !(error instanceof Unanswered)) throw error
    evidence.push('no account could sign in with it')
  }
  return { ...judged, points, evidence, ...(entered && { entered }) }
}

const nowhere =
  'No profile’s login route is here. Is this the address that the auth routes begin at? Else name a prefix: --option prefix=api/auth.'

function told([best, ...others]: readonly Judged[], { baseURL }: Backend): Suggestion {
  if (best === undefined) return { found: false, text: nowhere }
  const less = others.map((other) => `${spelled(other)} (${other.points} to ${best.points})`)
  const lines = [
    `${spelled(best)} fits best:`,
    ...best.evidence.map((line) => `  · ${line}`),
    '',
    `  npx @latchkey/conformance ${baseURL} --profile ${spelled(best)}`,
    ...(less.length > 0 ? ['', `Less likely: ${less.join(', ')}`] : []),
  ]
  return { found: true, text: lines.join('\n') }
}

const spelled = ({ name, options }: Candidate): string =>
  [name, ...Object.entries(options).map(([key, value]) => `--option ${key}=${value}`)].join(' ')

function orNull(error: unknown): null {
  if (error instanceof Unanswered) return null
  throw error
}
