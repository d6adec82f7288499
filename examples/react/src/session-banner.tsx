// What one must know of the session on every page: that it is over, that it soon will be, or that the server is out of reach.
import { useAuth } from '@latchkey/react'
import { useIdleWarning } from '@latchkey/react/idle'
import { useEffect, useState } from 'react'
import { Link, useLocation } from 'react-router'

export function SessionBanner() {
  // The live regions are there before their texts are: otherwise nobody reads them out.
  return (
    <div className="banner-slot">
      <div role="status">
        <Reconnecting />
      </div>
      <div role="alert">
        <Expired />
        <Idle />
      </div>
    </div>
  )
}

/** The page stays as it was, with all that was typed into it. */
function Expired() {
  const { reason } = useAuth()
  const { pathname, search, hash } = useLocation()
  if ((reason !== 'expired' && reason !== 'revoked') || pathname === '/login') return null
  const back = encodeURIComponent(pathname + search + hash)
  return (
    <p className="banner">
      Your session has {reason === 'expired' ? 'expired' : 'been ended from another device'}, please{' '}
      <Link to={`/login?returnTo=${back}`}>log in</Link>.
    </p>
  )
}

function Idle() {
  const warning = useIdleWarning()
  if (warning === null) return null
  return (
    <p className="banner">
      <span aria-hidden="true">You will be logged out in {warning.secondsLeft} seconds.</span>
      <span className="unseen">You will soon be logged out.</span> <button className="small">Stay logged in</button>
    </p>
  )
}

function Reconnecting() {
  const { isAuthenticated, refreshState } = useAuth()
  const isOnline = useOnline()
  if (isOnline && refreshState.status !== 'failing') return null
  return (
    <p className="banner">
      {isOnline ? 'Reconnecting…' : 'You are offline.'}
      {isAuthenticated && ' You stay signed in.'}
    </p>
  )
}

function useOnline(): boolean {
  const [isOnline, setIsOnline] = useState(() => navigator.onLine)
  useEffect(() => {
    const look = () => setIsOnline(navigator.onLine)
    window.addEventListener('online', look)
    window.addEventListener('offline', look)
    return () => {
      window.removeEventListener('online', look)
      window.removeEventListener('offline', look)
    }
  }, [])
  return isOnline
}
