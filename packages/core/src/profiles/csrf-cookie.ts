// A cookie that scripts read and send back as a header, so that another site's forms cannot. Its secret: when to fetch a new one.
import type { Profile, WireFailure } from '../index.js'
import { get } from './spelling.js'

/** Where a backend keeps its CSRF token. */
export type CsrfCookie = {
  /** The cookie's name. Scripts see it only where its domain is the page's own, or a parent of it. */
  readonly cookie: string
  readonly header: string
  /** A GET that sets the cookie; without one, the page itself has to come with it. */
  readonly path?: string | undefined
  /** The answer that says that cookie and header did not fit. */
  readonly isMismatch: (failure: WireFailure) => boolean
  /** The page's cookies; `document.cookie` unless told otherwise. */
  readonly cookies?: (() => string) | undefined
}

/** Sends the cookie back with every request, fetches one before the first call, and a new one after a mismatch. */
export function csrfCookie({
  cookie,
  header,
  path,
  isMismatch,
  cookies = pageCookies,
}: CsrfCookie): Required<Pick<Profile, 'attach' | 'prepare'>> {
  const held = (): string | undefined => readCookie(cookies(), cookie)
  return {
    attach(token) {
      const value = held()
      return {
        ...(token !== null && { Authorization: `Bearer ${token}` }),
        ...(value !== undefined && { [header]: value }),
      }
    },
    prepare(failure) {
      const isNeeded = failure === undefined ? held() === undefined : isMismatch(failure)
      return isNeeded && path !== undefined ? get(path) : null
    },
  }
}

const pageCookies = (): string => globalThis.document?.cookie ?? ''

/** The cookie's value, percent-decoded as Laravel wants it back; other backends' tokens need no decoding. */
function readCookie(cookies: string, name: string): string | undefined {
  const found = cookies.split('; ').find((pair) => pair.startsWith(`${name}=`))
  return found === undefined ? undefined : decode(found.slice(name.length + 1))
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
