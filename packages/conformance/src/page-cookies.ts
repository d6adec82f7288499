// What `document.cookie` is in a page. Its secret: a profile is made before any browser, and reads those of the one that acts.
let read: () => string = () => ''

/** The cookies that a script may read in the browser that acts now: the `cookies` of profiles that send a CSRF cookie back. */
export const pageCookies = (): string => read()

/** From now on this browser is the one that acts. */
export function showPage(cookies: () => string): void {
  read = cookies
}
