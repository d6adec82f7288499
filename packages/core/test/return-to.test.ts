import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { returnTo } from '../src/index.js'
import { anyText, fuzzRuns, megabyte } from './fuzz.js'

const origin = 'https://app.test'
const onPage = (): void => void vi.stubGlobal('location', { origin })
afterEach(() => vi.unstubAllGlobals())

const spellings = [
  '//evil.test',
  '///evil.test',
  '////evil.test',
  '/\\evil.test',
  '\\/evil.test',
  '\\\\evil.test',
  '/\\/evil.test',
  '/\t/evil.test',
  '/\n/evil.test',
  '/\r/evil.test',
  '\t//evil.test',
  ' //evil.test',
  '//evil.test ',
  '\u0000//evil.test',
  '/\u007f/evil.test',
  'https://evil.test',
  'HTTPS://evil.test',
  'https:evil.test',
  'https:/evil.test',
  'https:\\\\evil.test',
  'http://app.test/',
  'http://app.test:443/',
  'https://app.test:8443/',
  'https://app.test.evil.test/',
  'https://app.test@evil.test/',
  'https://user@app.test/',
  'https://app.test\\@evil.test/',
  '//app.test@evil.test/',
  '//app.test/',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>1</script>',
  'blob:https://app.test/1',
  'vbscript:x',
  'file:///etc/passwd',
  'evil.test',
  './/evil.test',
  '../evil.test',
  '.',
  '?next=//evil.test',
  '#//evil.test',
  '',
  '/..//evil.test',
  '/.//evil.test',
  '/a/..//evil.test',
  '/%2e%2e//evil.test',
  '/%2e//evil.test',
  '/a/%2E.//evil.test',
  '/ /evil.test',
  '/path with blank',
]

describe('F37 C28 an open redirect falls back', () => {
  it.each(spellings)('%j', (untrusted) => {
    onPage()
    expect(returnTo(untrusted, '/home')).toBe('/home')
    vi.unstubAllGlobals()
    expect(returnTo(untrusted)).toBe('/')
  })
  it.each([undefined, null, 7, {}, ['/a'], new URL('https://app.test/a'), { toString: () => '/a' }])(
    'so does what is no text: %s',
    (untrusted) => expect(returnTo(untrusted, '/home')).toBe('/home'),
  )
})

describe('F37 a path of the page’s own origin is kept', () => {
  it.each([
    ['/', '/'],
    ['/a/b?c=d&e=//f#g', '/a/b?c=d&e=//f#g'],
    ['/a/../b', '/b'],
    ['/%2F%2Fevil.test', '/%2F%2Fevil.test'],
    ['/@evil.test', '/@evil.test'],
    ['/https://evil.test', '/https://evil.test'],
    ['/ä', '/%C3%A4'],
  ])('%s as %s', (untrusted, kept) => {
    onPage()
    expect(returnTo(untrusted, '/home')).toBe(kept)
    vi.unstubAllGlobals()
    expect(returnTo(untrusted, '/home')).toBe(kept)
  })
  it('an absolute URL of the page’s origin becomes its path', () => {
    onPage()
    expect(returnTo('https://app.test/a?b#c', '/home')).toBe('/a?b#c')
    expect(returnTo('https://app.test//evil.test', '/home')).toBe('/home')
  })
  it('without a page no absolute URL is taken', () => {
    expect(returnTo('https://app.test/a', '/home')).toBe('/home')
    expect(returnTo('http://origin.invalid/a', '/home')).toBe('/a')
  })
  it('a page without an origin of its own falls back', () => {
    vi.stubGlobal('location', { origin: 'null' })
    expect(returnTo('/a', '/home')).toBe('/home')
  })
})

describe('C28 1 MB is parsed once at most', () => {
  it.each(['/', '\\', '/a', '/..', '%2e', `${origin}/`, '/?', '/#', '@', '\t'])('of %j', (piece) => {
    onPage()
    let parses = 0
    const Real = URL
    vi.stubGlobal(
      'URL',
      class extends Real {
        constructor(...given: ConstructorParameters<typeof URL>) {
          parses += 1
          super(...given)
        }
      },
    )
    const path = returnTo(piece.repeat(megabyte / piece.length), '/fallback')
    expect(parses).toBeLessThanOrEqual(1)
    expect(path.startsWith('/')).toBe(true)
  })
})

describe('returnTo, fuzzed', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '%2e',
    '%2F',
    '%5c',
    ':',
    '@',
    '?',
    '#',
    '\t',
    '\n',
    '\r',
    ' ',
    '\0',
    'https',
    'javascript',
    'evil.test',
    'app.test',
    origin,
    '\u3002',
    '\uff0f',
    '\u2028',
    '[',
    ']',
    '%',
    '%00',
    'ä',
  )
  const untrusted = fc.oneof(
    fc.string({ unit: piece, maxLength: 12 }),
    fc.string({ unit: piece, maxLength: 12 }).map((rest) => `/${rest}`),
    fc.string({ unit: piece, maxLength: 12 }).map((rest) => `${origin}/${rest}`),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    anyText,
  )
  it('C28 what is accepted stays on the origin, however often it is parsed', () => {
    onPage()
    let accepted = 0
    fc.assert(
      fc.property(untrusted, (text) => {
        const path = returnTo(text, '/fallback')
        if (path === '/fallback') return
        accepted++
        expect(path.startsWith('/')).toBe(true)
        expect(new URL(path, origin).origin).toBe(origin)
        expect(new URL(path, `${origin}/deep/page?x`).origin).toBe(origin)
        expect(new URL(`${origin}${path}`).origin).toBe(origin)
        expect(returnTo(path, '/fallback')).toBe(path)
      }),
      { numRuns: fuzzRuns },
    )
    expect(accepted).toBeGreaterThan(fuzzRuns / 100)
  })
})
