// The token of a mailed link; its secret is that it does not stay in the address, nor in any history.

/** Takes the token out of the address's fragment. */
export function takeToken(): string {
  const token = new URLSearchParams(window.location.hash.slice(1)).get('token') ?? ''
  window.history.replaceState(window.history.state, '', window.location.pathname)
  return token
}
