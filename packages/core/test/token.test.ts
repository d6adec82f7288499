import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Clock } from '../src/index.js'
import { isAuthError } from '../src/errors.js'
import {
  expiresAt,
  holdToken,
  isNewer,
  mayTravel,
  readClaims,
  timeLeft,
  type AccessToken,
  type Expiry,
} from '../src/token.js'
import { jwt } from './backend.js'
import { anyText, fuzzRuns } from './fuzz.js'
import { manualClock } from './manual-clock.js'

const hour = 3_600_000
const day = 24 * hour
const start = 1_700_000_000_000
const epoch = start / 1000

const codeOf = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    return isAuthError(error) ? error.code : String(error)
  }
  return 'held'
}
const hold = (value: string | null, expiry: Expiry = {}, clock: Clock = manualClock(start)): AccessToken =>
  holdToken(value, expiry, { wall: clock.now(), monotonic: clock.monotonic() })
const segment = (text: string): string => Buffer.from(text).toString('base64url')

describe('F13 C17 anything but three parts of a plain object is an opaque token', () => {
  const payload = segment('{"exp":1,"sub":"ada"}')
  it.each([
    ['no part', ''],
    ['two parts', `e30.${payload}`],
    ['four parts', `e30.${payload}.sig.more`],
    ['nine parts', `e30.${payload}.1.2.3.4.5.6.7`],
    ['an empty payload', 'e30..sig'],
    ['null', `e30.${segment('null')}.sig`],
    ['an array', `e30.${segment('[1]')}.sig`],
    ['a number', `e30.${segment('7')}.sig`],
    ['a text', `e30.${segment('"ada"')}.sig`],
    ['no base64', 'e30.%%%.sig'],
    ['half a character', 'e30.a.sig'],
    ['a truncated object', `e30.${payload.slice(0, -4)}.sig`],
  ])('%s', (_name, token) => {
    expect(readClaims(token)).toEqual({})
  })
  it('a plain object is read, in UTF-8', () => {
    expect(readClaims(jwt({ sub: 'Łada ☕' }))).toEqual({ sub: 'Łada ☕' })
  })
  it('a truncated JWT lives by expires_in', () => {
    const token = jwt({ exp: epoch + 60 })
      .split('.')
      .slice(0, 2)
      .join('.')
    expect(hold(token, { expiresIn: 30 })).toMatchObject({ claims: {}, lifetime: 30_000 })
  })
  it('a truncated JWT without expires_in is a protocol_error', () => {
    const token = jwt({ exp: epoch + 60 }).slice(0, 60)
    expect(codeOf(() => hold(token))).toBe('protocol_error')
    expect(() => hold(token)).toThrow('no expires_in, no exp. Set the profile’s lifetime.')
  })
})

describe('F14 a JWT without exp lives by expires_in', () => {
  it('expires_in alone', () => expect(hold(jwt({ sub: 'ada' }), { expiresIn: 30 }).lifetime).toBe(30_000))
  it('neither is a protocol_error', () => expect(codeOf(() => hold(jwt({ sub: 'ada' })))).toBe('protocol_error'))
  it('neither is fine for a cookie that the page cannot see: nobody knows its expiry', () => {
    const token = hold(null)
    expect(token).toMatchObject({ value: null, lifetime: null })
    expect(timeLeft(token, manualClock(start + day))).toBe(Infinity)
    expect(expiresAt(token)).toBeNull()
  })
})

describe('F15 F18 F19 C18 the lifetime does not depend on the device’s clock', () => {
  it.each([0, hour, -hour, day, -day, 400 * day])('a device that is %d ms off counts the same lifetime', (skew) => {
    const token = jwt({ iat: epoch, exp: epoch + 600 })
    const clock = manualClock(start + skew)
    for (const expiry of [{}, { expiresIn: 600 }, { date: start }, { expiresIn: 600, date: start + skew }]) {
      const held = hold(token, expiry, clock)
      expect(held.lifetime).toBe(600_000)
      expect(expiresAt(held)).toBe(start + skew + 600_000)
      expect(timeLeft(held, clock)).toBe(600_000)
    }
  })
  it('expires_in wins over exp', () => {
    expect(hold(jwt({ iat: epoch, exp: epoch + 600 }), { expiresIn: 60 }).lifetime).toBe(60_000)
  })
  it('an exp in the past at receipt gives way to expires_in', () => {
    expect(hold(jwt({ exp: epoch - 9000 }), { expiresIn: 60, date: start }).lifetime).toBe(60_000)
  })
  it('exp without iat counts from the reply’s Date', () => {
    expect(hold(jwt({ exp: epoch + 90 }), { date: start }, manualClock(start + day)).lifetime).toBe(90_000)
  })
  it('exp without iat and without Date says nothing, and is never compared with the device’s clock', () => {
    expect(hold(jwt({ exp: epoch - 90 })).lifetime).toBeNull()
    expect(hold(jwt({ exp: epoch + 90 })).lifetime).toBeNull()
  })
  it('an exp that is not after iat says nothing', () => {
    expect(hold(jwt({ iat: epoch, exp: epoch })).lifetime).toBeNull()
    expect(hold(jwt({ iat: epoch, exp: epoch - 1 })).lifetime).toBeNull()
  })
  it('the iat of an ageless token says nothing: it was issued some time ago', () => {
    const token = jwt({ iat: epoch - 300, exp: epoch + 300 })
    expect(hold(token, { ageless: true, date: start }).lifetime).toBe(300_000)
    expect(hold(token, { ageless: false, date: start }).lifetime).toBe(600_000)
    expect(hold(token, { ageless: true }).lifetime).toBeNull()
    expect(hold('opaque', { ageless: true }).lifetime).toBeNull()
  })
  it('nor does an exp that is not after the reply’s Date', () => {
    expect(hold(jwt({ exp: epoch }), { date: start }).lifetime).toBeNull()
  })
})

describe('F16 an exp or expires_in that is no sensible number is clamped or refused', () => {
  it.each([1e300, Number.MAX_VALUE, 253_402_300_799])('%d seconds are clamped to about ten years', (far) => {
    const lifetime = hold(jwt({ iat: epoch, exp: far })).lifetime ?? 0
    expect(lifetime).toBe(3.2e11)
    expect(hold('opaque', { expiresIn: far }).lifetime).toBe(3.2e11)
    expect(Number.isSafeInteger(start + lifetime)).toBe(true)
  })
  it.each(['"soon"', '"1800000000"', '1e999', '-1', '0', 'null', 'true', '[]', '{}'])(
    'an exp of %s, with nothing else, is a protocol_error',
    (exp) => {
      expect(codeOf(() => hold(`e30.${segment(`{"iat":1,"exp":${exp}}`)}.sig`))).toBe('protocol_error')
    },
  )
  it.each([Infinity, NaN, 0, -1, -Infinity])('an expires_in of %d gives way to exp - iat', (expiresIn) => {
    expect(hold(jwt({ iat: epoch, exp: epoch + 60 }), { expiresIn }).lifetime).toBe(60_000)
    expect(codeOf(() => hold('opaque', { expiresIn }))).toBe('protocol_error')
  })
})

describe('F17 a token that no header can carry is refused before it is read', () => {
  it('1 MB is a protocol_error', () => {
    const token = jwt({ iat: epoch, exp: epoch + 60, pad: 'x'.repeat(1_000_000) })
    expect(codeOf(() => hold(token, { expiresIn: 60 }))).toBe('protocol_error')
  })
  it('16,384 characters are held, one more is not', () => {
    expect(hold('x'.repeat(16_384), { expiresIn: 60 }).lifetime).toBe(60_000)
    expect(codeOf(() => hold('x'.repeat(16_385), { expiresIn: 60 }))).toBe('protocol_error')
  })
  it('8,192 characters are decoded, one more is opaque', () => {
    const token = jwt({ sub: 'ada', pad: 'x'.repeat(5_900) })
    const longest = token + 'x'.repeat(8_192 - token.length)
    expect(readClaims(longest)).toMatchObject({ sub: 'ada' })
    expect(readClaims(`${longest}x`)).toEqual({})
  })
  it.each(['', 'a b', 'a\nb', 'a\rb', 'a\0b', 'ä', 'a\u2028', '\u{1F600}', ' a', 'a\t'])(
    'C27 %j is a protocol_error whose message does not quote it',
    (token) => {
      const marked = token === '' ? '' : `canary${token}`
      expect(codeOf(() => hold(marked, { expiresIn: 60 }))).toBe('protocol_error')
      expect(() => hold(marked, { expiresIn: 60 })).toThrow(/^(?!.*canary).* Check the profile\.$/)
    },
  )
})

describe('F36 C34 claims pollute nothing', () => {
  it('__proto__ and constructor stay own claims of the token', () => {
    const claims = readClaims(
      `e30.${segment('{"__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}}}')}.s`,
    )
    expect(Object.keys(claims)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>)['role']).toBeUndefined()
  })
})

describe('timeLeft', () => {
  const token = holdToken('opaque', { expiresIn: 60 }, { wall: start, monotonic: 7 })
  const at = (wall: number, monotonic: number): Clock => ({
    ...manualClock(),
    now: () => start + wall,
    monotonic: () => 7 + monotonic,
  })
  it('F20 the earlier verdict of both clocks wins', () => {
    expect(timeLeft(token, at(10_000, 50_000))).toBe(10_000)
    expect(timeLeft(token, at(50_000, 10_000))).toBe(10_000)
    expect(timeLeft(token, at(-day, 70_000))).toBe(-10_000)
    expect(timeLeft(token, at(70_000, 0))).toBe(-10_000)
  })
})

describe('isNewer', () => {
  it.each([
    [{ gen: 2 }, { gen: 1 }, true],
    [{ gen: 1 }, { gen: 2 }, false],
    [{ gen: 1, iat: 9 }, { gen: 2, iat: 1 }, false],
    [{ gen: 2, iat: 1 }, { gen: 1, iat: 9 }, true],
    [{ gen: 1, iat: 2 }, { gen: 1, iat: 1 }, true],
    [{ gen: '2', iat: 2 }, { gen: '1', iat: 1 }, true],
    [{ gen: '2' }, { gen: 1 }, false],
    [{ gen: 2 }, { gen: '1' }, false],
    [{ gen: 2 }, { iat: 1 }, false],
    [{ iat: 1 }, { iat: 1 }, false],
    [{ iat: '2' }, { iat: '1' }, false],
    [{}, {}, false],
  ])('%j after %j: %s', (candidate, held, verdict) => {
    expect(isNewer(candidate, held)).toBe(verdict)
  })
})

describe('C5 a bearer token travels over TLS, or within this machine', () => {
  it.each([
    'https://api.test',
    'http://localhost:80',
    'http://api.localhost',
    'http://127.0.0.1:1',
    'http://127.9.9.9',
    'http://127.10.20.30',
    'http://[::1]:9',
  ])('to %s', (origin) => expect(mayTravel(origin)).toBe(true))
  it.each([
    'http://api.test',
    'http://localhost.evil.test',
    'http://evil-localhost',
    'http://127.0.0.1.evil.test',
    'http://127.0.0.1.x.test',
    'http://128.0.0.1',
    'http://[::2]',
    'http://10.0.0.1',
    'ws://api.test',
  ])('not to %s', (origin) => expect(mayTravel(origin)).toBe(false))
})

describe('C17 1 MB is not decoded', () => {
  it.each(['.', 'a', 'e30.', 'eyJ', '=', '\0'])('of %j', (piece) => {
    const decode = vi.spyOn(globalThis, 'atob')
    expect(readClaims(piece.repeat(1_000_000 / piece.length))).toEqual({})
    expect(decode).not.toHaveBeenCalled()
    decode.mockRestore()
  })
})

describe('the token reader, fuzzed', () => {
  const json = fc.json({ maxDepth: 3 })
  const claim = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constantFrom('1e999', 'x'), json)
  const token = fc.oneof(
    anyText,
    fc.string({ unit: 'binary-ascii' }),
    fc.array(fc.base64String(), { maxLength: 5 }).map((parts) => parts.join('.')),
    json.map((text) => `e30.${segment(text)}.sig`),
    fc.record({ iat: claim, exp: claim, nbf: claim, gen: claim }).map((claims) => jwt(claims)),
  )
  const expiry = fc.record({
    expiresIn: fc.option(fc.oneof(fc.double(), fc.integer()), { nil: undefined }),
    date: fc.option(fc.integer({ min: 0, max: 4e12 }), { nil: undefined }),
  })
  it('C17 claims are always a plain object', () => {
    fc.assert(
      fc.property(token, (text) => {
        const claims = readClaims(text)
        expect(Object.prototype.toString.call(claims)).toBe('[object Object]')
      }),
      { numRuns: fuzzRuns },
    )
  })
  it('F16 C27 a held token is sendable and has a positive lifetime of at most ten years, or none; any other is a protocol_error', () => {
    const verdict = (text: string, told: Expiry): string => {
      try {
        const { lifetime } = hold(text, told)
        if (new Headers({ Authorization: `Bearer ${text}` }).get('Authorization') !== `Bearer ${text}`) return 'altered'
        return lifetime === null || (lifetime > 0 && lifetime <= 3.2e11) ? 'fine' : `lifetime ${lifetime}`
      } catch (error) {
        if (text.length > 12 && String(error).includes(text)) return 'leaked'
        return isAuthError(error, 'protocol_error') ? 'fine' : String(error)
      }
    }
    fc.assert(
      fc.property(token, expiry, (text, told) => {
        expect(verdict(text, told)).toBe('fine')
      }),
      { numRuns: fuzzRuns },
    )
  })
})
