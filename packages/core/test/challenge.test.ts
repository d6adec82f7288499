import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { insufficient, isStepUp, parseChallenges } from '../src/challenge.js'
import { anyText, fuzzRuns, megabyte } from './fuzz.js'

const read = (header: string): unknown[] =>
  parseChallenges(header).map(({ scheme, params }) => [scheme, Object.fromEntries(params)])

afterEach(() => vi.restoreAllMocks())

describe('F61 C16 the parser reads every challenge', () => {
  it.each<[string, string, unknown[]]>([
    ['no header', '', []],
    ['a scheme alone', 'Bearer', [['bearer', {}]]],
    ['upper case', 'BEARER ERROR="x"', [['bearer', { error: 'x' }]]],
    ['tokens and quoted strings', 'Bearer a=b, c="d e"', [['bearer', { a: 'b', c: 'd e' }]]],
    ['blanks around the equals sign', 'Bearer a \t= \t"b" , c = d', [['bearer', { a: 'b', c: 'd' }]]],
    ['escapes', String.raw`Bearer a="\"\\b\c"`, [['bearer', { a: '"\\bc' }]]],
    ['an escaped line break', 'Bearer a="x\\\ny"', [['bearer', { a: 'x\ny' }]]],
    [
      'commas and scheme names within quotes',
      'Bearer a="x, Basic b=c", d=e',
      [['bearer', { a: 'x, Basic b=c', d: 'e' }]],
    ],
    ['an empty quoted string', 'Bearer a=""', [['bearer', { a: '' }]]],
    ['an empty value', 'Bearer a=, b=c', [['bearer', { b: 'c' }]]],
    ['an open quoted string', 'Bearer a="b', [['bearer', { a: 'b' }]]],
    ['a lone quote', 'Bearer a="', [['bearer', { a: '' }]]],
    ['a backslash at the end', 'Bearer a="b\\', [['bearer', { a: 'b\\' }]]],
    ['empty list elements', ', ,Bearer a=b,, ,c=d,', [['bearer', { a: 'b', c: 'd' }]]],
    ['an empty value without a scheme', 'a=, Bearer c=d', [['bearer', { c: 'd' }]]],
    ['parameters without a scheme', 'a=b, Bearer c=d', [['bearer', { c: 'd' }]]],
    ['a stray quoted string', 'Bearer "x" a=b', [['bearer', { a: 'b' }]]],
    ['a stray quoted string that holds a challenge', 'Bearer "Basic x=", a=b', [['bearer', { a: 'b' }]]],
    ['a forgotten quotation', 'Bearer realm=My API, error="x"', [['bearer', { realm: 'My', error: 'x' }]]],
    ['a semicolon for a comma', 'Bearer realm="a"; error="x"', [['bearer', { realm: 'a', error: 'x' }]]],
    ['characters that are no token', 'Bearer a=b; (c) ä=d, e=f', [['bearer', { a: 'b', e: 'f' }]]],
    [
      'token68',
      'Negotiate oYH1MIHyoAMKAQA=, Bearer a=b',
      [
        ['negotiate', {}],
        ['bearer', { a: 'b' }],
      ],
    ],
    [
      'token68 with a slash and padding',
      'Basic YWJj/ZGVm==, Bearer a=b',
      [
        ['basic', {}],
        ['bearer', { a: 'b' }],
      ],
    ],
    [
      'token68 without padding',
      'NTLM TlRMTVNTUAAC, Bearer',
      [
        ['ntlm', {}],
        ['bearer', {}],
      ],
    ],
    [
      'several schemes',
      'Basic realm="a", DPoP algs="ES256 PS256", Bearer error="x"',
      [
        ['basic', { realm: 'a' }],
        ['dpop', { algs: 'ES256 PS256' }],
        ['bearer', { error: 'x' }],
      ],
    ],
    [
      'the same scheme twice',
      'Bearer realm="a", Bearer error="x"',
      [
        ['bearer', { realm: 'a' }],
        ['bearer', { error: 'x' }],
      ],
    ],
    [
      'a scheme alone before another',
      'Basic, Bearer error="x"',
      [
        ['basic', {}],
        ['bearer', { error: 'x' }],
      ],
    ],
    [
      'a scheme after a parameter',
      'Digest nonce="n", stale=true, Bearer',
      [
        ['digest', { nonce: 'n', stale: 'true' }],
        ['bearer', {}],
      ],
    ],
  ])('%s', (_name, header, expected) => {
    expect(read(header)).toEqual(expected)
  })
  it('F36 __proto__ is a parameter like any other', () => {
    const [challenge] = parseChallenges('Bearer __proto__="x", constructor="y"')
    expect([...(challenge?.params ?? [])]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})

describe('C16 what no refresh can cure', () => {
  it.each([
    ['Bearer error="insufficient_scope"', 'bearer', false],
    ['DPoP error=insufficient_user_authentication', 'dpop', true],
    ['Basic realm="a", Bearer error="insufficient_user_authentication", acr_values="2"', 'bearer', true],
    ['Bearer error="invalid_token", DPoP error="insufficient_scope"', 'dpop', false],
    ['Bearer error="invalid_token"', undefined, false],
    ['Bearer', undefined, false],
    ['XBearer error="insufficient_scope"', undefined, false],
    ['BearerX error="insufficient_scope"', undefined, false],
    ['Basic error="insufficient_scope"', undefined, false],
    [null, undefined, false],
  ])('%s', (header, scheme, stepsUp) => {
    const challenge = insufficient({ headers: new Headers(header === null ? {} : { 'WWW-Authenticate': header }) })
    expect(challenge?.scheme).toBe(scheme)
    expect(isStepUp(challenge)).toBe(stepsUp)
  })
})

/** What the parser does to the header: its regular expressions' calls and the characters that they took. */
function countWork(header: string): number {
  let work = 0
  const exec: unknown = Reflect.get(RegExp.prototype, 'exec')
  vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text: string) {
    const found = Reflect.apply(exec as typeof RegExp.prototype.exec, this, [text])
    work += 1 + (found?.[0].length ?? 0)
    return found
  })
  parseChallenges(header)
  vi.restoreAllMocks()
  return work
}

describe('C16 the parser’s work grows with the header’s length, not with its square', () => {
  const hostile: readonly [string, string][] = [
    ['quotes', '"'],
    ['escapes', 'a="\\"'],
    ['backslashes', '\\'],
    ['open strings', 'a="'],
    ['equals signs', '='],
    ['commas', ','],
    ['blanks', ' \t'],
    ['words', 'a '],
    ['parameters', 'a=b,'],
    ['schemes', 'Bearer a=b, '],
    ['one long word', 'a'],
    ['control characters', '\0'],
  ]
  it.each(hostile)('of %s', (_name, piece) => {
    const pieces = megabyte / 500
    const once = countWork(`Bearer ${piece.repeat(pieces)}`)
    const twice = countWork(`Bearer ${piece.repeat(2 * pieces)}`)
    expect(twice).toBeLessThanOrEqual(2 * once)
    expect(twice).toBeLessThanOrEqual(16 * piece.length * pieces + 100)
  })
  it.each(hostile)('1 MB of %s is read', (_name, piece) => {
    expect(parseChallenges(`Bearer ${piece.repeat(megabyte / piece.length)}`).length).toBeLessThan(megabyte)
  })
})

describe('the challenge parser, fuzzed', () => {
  const soup = fc.string({
    unit: fc.constantFrom(
      '"',
      '\\',
      ',',
      '=',
      ' ',
      '\t',
      'a',
      'B',
      'earer',
      'error',
      '\0',
      'é',
      '\n',
      '/',
      '\u{1F600}',
    ),
  })
  const value = anyText
  const name = fc.stringMatching(/^[a-z_]{1,8}$/)
  const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`

  it('C16 it never throws, and its names are lower-case tokens', () => {
    fc.assert(
      fc.property(fc.oneof(soup, anyText), (header) => {
        for (const { scheme, params } of parseChallenges(header))
          for (const key of [scheme, ...params.keys()]) expect(key).toMatch(/^[^A-Z\s",=]+$/)
      }),
      { numRuns: fuzzRuns },
    )
  })
  it('C16 what was written is what is read, whatever the strings hold', () => {
    const challenge = fc.tuple(name, fc.dictionary(name, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }))
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), (challenges) => {
        const header = challenges
          .map(
            ([scheme, params]) =>
              `${scheme} ${Object.entries(params)
                .map(([key, text]) => `${key}=${quote(text)}`)
                .join(', ')}`,
          )
          .join(', ')
        expect(read(header)).toEqual(challenges)
      }),
      { numRuns: fuzzRuns },
    )
  })
})
