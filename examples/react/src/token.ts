// The token of a mailed link, in the fragment, which no server sees; its secret is that it does not stay there, nor in any history.
import { useEffect, useState } from 'react'
import { useLocation, useNavigate } from 'react-router'

/** Of the link that was opened last: a page that sends one to log in first finds it again. */
let kept = ''

/** The token, taken out of the address. */
export function useToken(): string {
  const { pathname, hash } = useLocation()
  const navigate = useNavigate()
  const [token] = useState(() => (kept = new URLSearchParams(hash.slice(1)).get('token') ?? kept))
  useEffect(() => {
    if (hash !== '') void navigate(pathname, { replace: true })
  }, [hash, pathname, navigate])
  return token
}
