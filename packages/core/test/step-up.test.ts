import { describe, expect, it } from 'vitest'
import { createAccount } from '../src/account.js'
import { isAuthError } from '../src/index.js'
import { createHttp } from '../src/http.js'
import { json, problem } from './backend.js'
import { settle } from './manual-clock.js'
import { credentials, openClient, type Opened } from './open-client.js'

const challenge = 'Bearer error="insufficient_user_authentication", acr_values="mfa", max_age="300"'
const transfer = 'https://api.test/transfer'

/** The API wants a fresher login until `prove` is called. */
async function opened(): Promise<Opened & { readonly prove: () => void }> {
  const all = openClient()
  await all.auth.login(credentials)
  all.backend.answer('/transfer', () => problem(401, 'step_up_required', { 'WWW-Authenticate': challenge }))
  return { ...all, prove: () => all.backend.answer('/transfer', () => json({ done: true })) }
}

describe('F60 a request that needs a fresher login', () => {
  it('is told by an event, costs no refresh, and is sent once more when somebody proved themselves', async () => {
    const { auth, backend, events, prove } = await opened()
    const result = auth.withStepUp(() => auth.fetch(transfer))
    await settle()
    expect(events.at(-1)).toMatchObject({ type: 'step-up-required', acrValues: 'mfa', maxAge: 300 })
    expect(auth.stepUp.waiting()).toBe(1)
    prove()
    auth.stepUp.resolve()
    expect((await result).status).toBe(200)
    expect(backend.count('/transfer')).toBe(2)
    expect(backend.count('/auth/refresh')).toBe(0)
    expect(auth.stepUp.waiting()).toBe(0)
  })

  it('is resumed once only: a second refusal is the caller’s', async () => {
    const { auth, backend } = await opened()
    const result = auth.withStepUp(() => auth.fetch(transfer))
    await settle()
    auth.stepUp.resolve()
    expect((await result).status).toBe(401)
    expect(backend.count('/transfer')).toBe(2)
  })

  it('a new login of the same account resumes it by itself', async () => {
    const { auth, prove } = await opened()
    const result = auth.withStepUp(() => auth.fetch(transfer))
    await settle()
    prove()
    await auth.login(credentials)
    expect((await result).status).toBe(200)
  })

  it('F47 a login as somebody else does not: it is never sent as that account', async () => {
    const { auth, backend } = await opened()
    const result = auth.withStepUp(() => auth.fetch(transfer)).catch((error: unknown) => error)
    await settle()
    await auth.login({ ...credentials, email: 'bob@example.com' })
    expect(isAuthError(await result, 'account_changed')).toBe(true)
    expect(backend.count('/transfer')).toBe(1)
  })

  it.each([
    ['nobody proves themselves', async ({ auth }: Opened) => auth.stepUp.reject()],
    ['a logout comes', ({ auth }: Opened) => auth.logout()],
    ['the client is disposed', async ({ auth }: Opened) => auth.dispose()],
  ])('rejects with step_up_required where %s', async (_what, happens) => {
    const all = await opened()
    const result = all.auth.withStepUp(() => all.auth.fetch(transfer)).catch((error: unknown) => error)
    await settle()
    await happens(all)
    expect(isAuthError(await result, 'step_up_required')).toBe(true)
  })

  it('an account call is told and resumed like any other request, by the challenge alone, and costs no refresh', async () => {
    const { auth, backend, events } = openClient()
    await auth.login(credentials)
    backend.answer('/auth/mfa/totp', () =>
      json({ error: 'of another backend' }, 401, { 'WWW-Authenticate': challenge }),
    )
    const disabled = auth.withStepUp(() => createAccount(auth).mfa.disable())
    while (auth.stepUp.waiting() === 0) await settle()
    expect(events.filter(({ type }) => type === 'step-up-required')).toMatchObject([{ acrValues: 'mfa', maxAge: 300 }])
    backend.answer('/auth/mfa/totp', () => json(undefined, 204))
    await auth.login(credentials)
    await disabled
    expect([backend.count('/auth/mfa/totp'), backend.count('/auth/refresh')]).toEqual([2, 0])
  })

  it('an account call that is refused otherwise tells of no step-up', async () => {
    const { auth, backend, events } = openClient()
    await auth.login(credentials)
    for (const answer of [
      () => problem(401, 'unauthenticated', { 'WWW-Authenticate': 'Bearer error="invalid_token"' }),
      () => problem(403, 'insufficient_scope', { 'WWW-Authenticate': challenge }),
    ]) {
      backend.answer('/auth/mfa/totp', answer)
      const refused = await createAccount(auth)
        .mfa.disable()
        .catch((error: unknown) => error)
      expect(isAuthError(refused, 'invalid_credentials')).toBe(true)
    }
    expect(events.map(({ type }) => type)).not.toContain('step-up-required')
  })

  it('works for ky, whose errors carry the response', async () => {
    const { auth, prove } = await opened()
    const http = createHttp(auth)
    const result = auth.withStepUp(() => http.post('transfer').json())
    // ky reads the error's body in turns of its own: one of them ends in the wait.
    while (auth.stepUp.waiting() === 0) await settle()
    prove()
    auth.stepUp.resolve()
    expect(await result).toEqual({ done: true })
  })

  it('what is refused otherwise, or not at all, does not wait', async () => {
    const { auth, backend } = await opened()
    backend.answer('/transfer', () => problem(403, 'insufficient_scope'))
    expect((await auth.withStepUp(() => auth.fetch(transfer))).status).toBe(403)
    const failing = auth.withStepUp(() => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(auth.stepUp.waiting()).toBe(0)
  })
})
