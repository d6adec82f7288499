// The token of a mailed link, in the fragment, which no server sees; its secret is that it does not stay there, nor in any history.
import { useRoute, useRouter } from 'vue-router'

/** Of the link that was opened last: a page that sends one to log in first finds it again. */
let kept = ''

/** The token, taken out of the address; for a page's set-up. */
export function useToken(): string {
  const [{ path, hash }, router] = [useRoute(), useRouter()]
  // oxlint-disable-next-line react/globals -- a set-up of Vue runs once
  kept = new URLSearchParams(hash.slice(1)).get('token') ?? kept
  if (hash !== '') void router.replace(path)
  return kept
}
