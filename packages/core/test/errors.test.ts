import { runInNewContext } from 'node:vm'
import { inspect } from 'node:util'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { AuthError, isAuthError, type AuthErrorCode } from '../src/index.js'

describe('PEERS “Typed error taxonomy” AuthError', () => {
  it('is an Error with a name, a code, a message, and a cause only where there is one', () => {
    const error = new AuthError('unreachable', 'No answer. Try again.')
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).toBe('AuthError: No answer. Try again.')
    expect(Object.hasOwn(error, 'cause')).toBe(false)
    expect(new AuthError('unreachable', '', { cause: 0 }).cause).toBe(0)
  })
  it.each<[AuthErrorCode, boolean]>([
    ['unreachable', true],
    ['rate_limited', true],
    ['protocol_error', false],
    ['session_ended', false],
    ['invalid_credentials', false],
    ['not_replayable', false],
    ['account_changed', false],
    ['disposed', false],
  ])('%s is retryable: %s', (code, retryable) => expect(new AuthError(code, '').retryable).toBe(retryable))
  it('carries what the server said', () => {
    const details = { status: 429, retryAfter: 5_000, fieldErrors: { email: 'Taken.' } }
    expect(new AuthError('rate_limited', '', details)).toMatchObject(details)
  })
  it('F41 serialises without its cause, which may know the request', () => {
    const cause = new TypeError('canary')
    expect(JSON.stringify(new AuthError('unreachable', 'm', { cause }))).not.toContain('canary')
  })
  it('F41 C27 is inspected with code and status', () => {
    expect(inspect(new AuthError('rate_limited', 'm', { status: 429 }))).toContain('429')
  })
})

describe('isAuthError', () => {
  it('knows an error of another bundle or realm by its name and code', () => {
    const foreign: unknown = runInNewContext(
      `Object.assign(new Error('m'), { name: 'AuthError', code: 'unreachable' })`,
    )
    expect(foreign instanceof AuthError).toBe(false)
    expect(isAuthError(foreign)).toBe(true)
    expect(isAuthError(foreign, 'unreachable')).toBe(true)
    expect(isAuthError(foreign, 'disposed')).toBe(false)
  })
  it.each([
    null,
    undefined,
    0,
    'AuthError',
    {},
    [],
    new Error('m'),
    { name: 'AuthError' },
    { code: 'unreachable' },
    { name: 'AuthError', code: 7 },
  ])('takes %s for none', (suspect) => expect(isAuthError(suspect)).toBe(false))
  it('narrows', () => {
    const error: unknown = new AuthError('disposed', '')
    if (isAuthError(error)) expectTypeOf(error).toEqualTypeOf<AuthError>()
    // @ts-expect-error a code that does not exist is a mistake
    expect(isAuthError(error, 'dispose')).toBe(false)
  })
})
