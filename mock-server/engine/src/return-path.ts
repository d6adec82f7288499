// Where in the app somebody lands after a sign-in elsewhere. Its secret: the thirty spellings of an open redirect (F37).

const nowhere = 'https://nowhere.invalid'

/** A path and query of the app's own, from one that anybody may have written; `/` for anything else. Its fragment is dropped. */
export function returnPath(untrusted: string | undefined): string {
  if (untrusted === undefined || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(untrusted) || untrusted.length > 2_000) return '/'
  const url = URL.canParse(untrusted, nowhere) ? new URL(untrusted, nowhere) : null
  // A path like `/./` + `/host` is resolved to one that begins with two slashes.
  return url?.origin === nowhere && !url.pathname.startsWith('//') ? url.pathname + url.search : '/'
}

/** The page of the app at a path, with what it is to be told; a fragment reaches no server, log or `Referer`. */
export function appPage(
  appUrl: string,
  path: string,
  told: { readonly query?: Readonly<Record<string, string>>; readonly fragment?: Readonly<Record<string, string>> },
): string {
  const base = new URL(appUrl).pathname.replace(/\/+$/, '')
  const isWithin = base !== '' && (path === base || path.startsWith(`${base}/`))
  const page = new URL(isWithin ? path : base + path, appUrl)
  for (const [name, value] of Object.entries(told.query ?? {})) page.searchParams.set(name, value)
  page.hash = new URLSearchParams(told.fragment).toString()
  return page.href
}
