// A safe place to go after login; its secret is the thirty spellings of an open redirect.

/**
 * The untrusted path as a path of this origin, re-serialized; the fallback for anything else.
 * Accepts `/path?query#hash` and, in a browser, an absolute URL of the page's own origin.
 * @see CVE-2025-27143, CVE-2025-71403, CVE-2024-56734: open redirects by look-alike paths
 */
export function returnTo(untrusted: unknown, fallback = '/'): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what must be refused: URL parsers drop them
  if (typeof untrusted !== 'string' || /[\u0000-\u0020\u007f\\]/.test(untrusted)) return fallback
  const origin = (globalThis as Partial<typeof globalThis>).location?.origin ?? 'http://origin.invalid'
  if (!/^\/(?!\/)/.test(untrusted) && !untrusted.startsWith(`${origin}/`)) return fallback
  try {
    const url = new URL(untrusted, origin)
    // What was read above is compared as parsed: the last word is the parser's (C28).
    if (url.origin !== origin || url.pathname.startsWith('//')) return fallback
    return url.pathname + url.search + url.hash
  } catch {
    return fallback
  }
}
