// The laws of the session machine: the whole table, and what holds for any history.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { transition, type Session, type SessionEvent } from '../src/index.js'

type User = { readonly name: string }
const [ada, grace]: readonly [User, User] = [{ name: 'ada' }, { name: 'grace' }]

const pending: Session<User> = { status: 'pending', generation: 4 }
const authenticated: Session<User> = { status: 'authenticated', generation: 4, user: ada, expiresAt: 1 }
const unauthenticated: Session<User> = { status: 'unauthenticated', generation: 4, reason: 'expired' }

const granted: SessionEvent<User> = { type: 'granted', user: grace, expiresAt: 9 }
const refreshed = (generation: number, otherSubject = false): SessionEvent<User> => ({
  type: 'refreshed',
  generation,
  user: grace,
  expiresAt: 9,
  otherSubject,
})
const ended = (generation: number): SessionEvent<User> => ({ type: 'ended', generation, reason: 'revoked' })

const signedIn = (generation: number): Session<User> => ({
  status: 'authenticated',
  generation,
  user: grace,
  expiresAt: 9,
})
const signedOut: Session<User> = { status: 'unauthenticated', generation: 5, reason: 'revoked' }

describe('the session machine', () => {
  it.each([
    ['pending', 'granted', pending, granted, signedIn(5)],
    ['pending', 'refreshed', pending, refreshed(4), signedIn(5)],
    ['pending', 'ended', pending, ended(4), signedOut],
    ['pending', 'refreshed of an older generation', pending, refreshed(3), pending],
    ['pending', 'ended of an older generation', pending, ended(3), pending],
    ['authenticated', 'granted', authenticated, granted, signedIn(5)],
    ['authenticated', 'refreshed', authenticated, refreshed(4), signedIn(4)],
    ['authenticated', 'refreshed of another subject', authenticated, refreshed(4, true), signedIn(5)],
    ['authenticated', 'ended', authenticated, ended(4), signedOut],
    ['authenticated', 'refreshed of an older generation', authenticated, refreshed(3), authenticated],
    ['authenticated', 'another subject of an older generation', authenticated, refreshed(3, true), authenticated],
    ['authenticated', 'ended of an older generation', authenticated, ended(3), authenticated],
    ['unauthenticated', 'granted', unauthenticated, granted, signedIn(5)],
    ['unauthenticated', 'refreshed', unauthenticated, refreshed(4), unauthenticated],
    ['unauthenticated', 'another subject', unauthenticated, refreshed(4, true), unauthenticated],
    ['unauthenticated', 'ended', unauthenticated, ended(4), unauthenticated],
    ['unauthenticated', 'refreshed of an older generation', unauthenticated, refreshed(3), unauthenticated],
    ['unauthenticated', 'ended of an older generation', unauthenticated, ended(3), unauthenticated],
  ] as const)('%s, on %s', (_status, _event, session, event, after) => {
    expect(transition(session, event)).toEqual(after)
    if (after === session) expect(transition(session, event)).toBe(session)
  })

  it('a refresh that tells nothing new returns the very same object', () => {
    const same: SessionEvent<User> = { ...refreshed(4), user: ada, expiresAt: 1 } as SessionEvent<User>
    expect(transition(authenticated, same)).toBe(authenticated)
    const later: SessionEvent<User> = { ...refreshed(4), user: ada, expiresAt: 2 } as SessionEvent<User>
    expect(transition(authenticated, later)).toEqual({ ...authenticated, expiresAt: 2 })
    const renamed: SessionEvent<User> = { ...refreshed(4), user: { name: 'Ada' }, expiresAt: 1 } as SessionEvent<User>
    expect(transition(authenticated, renamed)).toEqual({ ...authenticated, user: { name: 'Ada' } })
  })

  const status = fc.constantFrom(pending, authenticated, unauthenticated)
  const event = fc.oneof(
    fc.constant(granted),
    fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()).map(([generation, other]) => refreshed(generation, other)),
    fc.integer({ min: 0, max: 9 }).map(ended),
  )

  it('C10 the generation never falls, and rises by one at most', () => {
    fc.assert(
      fc.property(status, fc.array(event), (session, history) => {
        history.reduce((before, next) => {
          const after = transition(before, next)
          expect(after.generation - before.generation).toBeGreaterThanOrEqual(0)
          expect(after.generation - before.generation).toBeLessThanOrEqual(1)
          return after
        }, session)
      }),
    )
  })

  it('C10 once signed out, only a grant signs in', () => {
    fc.assert(
      fc.property(fc.array(event), (history) => {
        const after = history.filter(({ type }) => type !== 'granted').reduce(transition<User>, unauthenticated)
        expect(after).toBe(unauthenticated)
      }),
    )
  })

  it('nothing that it is given is changed', () => {
    const [session, happening] = [Object.freeze({ ...authenticated }), Object.freeze(refreshed(4, true))]
    expect(() => transition(session, happening)).not.toThrow()
  })
})
