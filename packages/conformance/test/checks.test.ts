// Every check passes on a server that does it right, and fails on one that does exactly that wrong.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fastapiCookie, fastapiQuery } from '@latchkey/core/profiles'
import { describe, expect, it } from 'vitest'
import { checks, runConformance, type Report, type Target } from '../src/index.js'
import { openSmallServer, origin } from './small-server.js'

const target = (baseURL: string, more: Partial<Target> = {}): Target => ({
  baseURL,
  profile: fastapiCookie(),
  origin,
  credentials: null,
  fields: {},
  protectedPath: null,
  attempts: 15,
  timeout: 5_000,
  ...more,
})
/** Graces are waited out on paper. */
const sleep = async (): Promise<void> => undefined
const run = (baseURL: string, ids: readonly string[] = [], more: Partial<Target> = {}): Promise<Report> =>
  runConformance(target(baseURL, more), {
    sleep,
    checks: checks.filter(({ id }) => ids.length === 0 || ids.includes(id)),
  })
const verdicts = ({ findings }: Report): Readonly<Record<string, string>> =>
  Object.fromEntries(findings.map(({ id, verdict }) => [id, verdict]))

/** Which flaw each check fails on; several ways to fail are several rows. */
const flaws: readonly (readonly [check: string, ...flaws: string[]])[] = [
  ['login', 'other-names'],
  ['login-refused', 'wrong-password-500'],
  ['bearer', 'open-api'],
  ['bearer', 'bearer-403'],
  ['bearer', 'crash-on-soup'],
  ['forged-token', 'alg-none'],
  ['token-kinds', 'one-kind'],
  ['token-kinds', 'takes-access'],
  ['rotation', 'no-rotation'],
  ['reuse', 'no-rotation'],
  ['reuse', 'no-reuse-detection'],
  ['reuse', 'reuse-without-revocation'],
  ['concurrent-refresh', 'fork'],
  ['refresh-refused', 'refresh-500'],
  ['logout', 'logout-forgets'],
  ['logout', 'cookie-stays'],
  ['cookie-flags', 'no-http-only'],
  ['cookie-flags', 'token-in-body'],
  ['csrf', 'no-csrf-check', 'same-site-none'],
  ['cors', 'no-cors'],
  ['cors', 'wildcard'],
  ['cors-preflight', 'preflight-401'],
  ['cors-strangers', 'echo'],
  ['cors-strangers', 'wildcard'],
  ['cache', 'cacheable'],
  ['lifetimes', 'long-lived'],
  ['error-shape', 'stack-trace'],
  ['enumeration', 'enumeration'],
  ['enumeration', 'telling-words'],
  ['rate-limit', 'no-limit'],
]

describe('the checks of the conformance kit', () => {
  it('a server that does everything right passes every one of them', async () => {
    const { url } = await openSmallServer()
    const report = await run(url)
    expect(report.findings.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
    expect(report.findings.map(({ id }) => id)).toEqual(checks.map(({ id }) => id))
  })

  it.each(flaws)('%s fails on a server with this flaw: %s %s', async (check, ...given) => {
    const { url } = await openSmallServer(...given)
    const { findings } = await run(url, [check])
    expect(findings).toMatchObject([{ id: check, verdict: 'fail' }])
  })

  it('https fails on plain http that leaves this machine', async () => {
    const { everywhere } = await openSmallServer()
    expect(verdicts(await run(everywhere, ['https']))).toEqual({ https: 'fail' })
  })

  it('token-in-url fails on a profile that puts the refresh token into the query', async () => {
    const { url } = await openSmallServer()
    expect(verdicts(await run(url, ['token-in-url'], { profile: fastapiQuery() }))).toEqual({ 'token-in-url': 'fail' })
  })

  it('no check is without a server that it fails on', () => {
    const proven = new Set([...flaws.map(([check]) => check), 'https', 'token-in-url'])
    expect(checks.map(({ id }) => id).filter((id) => !proven.has(id))).toEqual([])
  })

  it('each check has its place in the docs, where its finding links to', () => {
    const docs = readFileSync(fileURLToPath(new URL('../../../docs/conformance.md', import.meta.url)), 'utf8')
    expect(checks.map(({ id }) => id).filter((id) => !docs.includes(`\n### ${id}\n`))).toEqual([])
  })

  it('a strict server, whose tabs sign each other out, is a warning', async () => {
    const { url } = await openSmallServer('strict')
    expect(verdicts(await run(url, ['concurrent-refresh', 'reuse']))).toEqual({
      'concurrent-refresh': 'warn',
      reuse: 'pass',
    })
  })

  it('a server that only SameSite protects is a warning', async () => {
    const { url } = await openSmallServer('no-csrf-check')
    expect(verdicts(await run(url, ['csrf']))).toEqual({ csrf: 'warn' })
  })

  it('where nobody can sign in the login fails, and the rest says that it could not be tried', async () => {
    const { url } = await openSmallServer()
    const credentials = { email: 'nobody@example.com', password: 'no such account' }
    const report = await run(url, ['login', 'rotation', 'logout'], { credentials })
    expect(verdicts(report)).toEqual({ login: 'fail', rotation: 'skip', logout: 'skip' })
  })
})
