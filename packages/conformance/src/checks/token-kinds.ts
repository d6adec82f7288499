// Each kind of token where the other belongs; its secret is that a signature alone says nothing about the purpose.
import type { Check } from '../check.js'
import { fail, pass, skip } from '../finding.js'

export const tokenKinds: Check = {
  id: 'token-kinds',
  title: 'A refresh token opens no API, and an access token buys no refresh',
  why: 'A refresh token lives for weeks: where it passes as an access token, the short lifetime protects nothing (CVE-2026-101023).',
  fix: 'Put the kind into the token (`typ`, `type` or `aud`) and demand it; better, make refresh tokens opaque.',
  async look(stage) {
    const { profile } = stage
    const visitor = await stage.signIn()
    const call = stage.protectedCall()
    const access = visitor.grant()?.accessToken ?? null
    const [cookie] = await visitor.refreshCookies()
    const refresh = cookie?.value ?? (await visitor.refreshToken())
    if (access === null || refresh === null) return skip('There are not two kinds of token to mix up.')
    if (access === refresh) return skip('The last access token is the refresh token here.')
    if (call !== null && (await visitor.ask(call, { bearer: refresh, cookies: false })).ok)
      return fail(`${call.method} ${call.path} let in a refresh token.`)
    const swapped =
      cookie === undefined
        ? await stage.browser().send(profile.refresh(access))
        : await stage
            .browser()
            .send(profile.refresh(), { headers: { Cookie: `${cookie.key}=${access}` }, cookies: false })
    return swapped.ok ? fail(`${swapped.call} took an access token.`) : pass('Neither is taken for the other.')
  },
}
