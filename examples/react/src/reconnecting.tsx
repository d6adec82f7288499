// The banner of a session whose server cannot be reached: signed in still, and trying.
import { useAuth, useRefreshState } from '@latchkey/react'

export function Reconnecting() {
  const { isAuthenticated } = useAuth()
  const { status } = useRefreshState()
  // The live region is there before its text is: otherwise nobody reads it out.
  return (
    <div role="status" className="banner-slot">
      {status === 'failing' && <p className="banner">Reconnecting…{isAuthenticated && ' You stay signed in.'}</p>}
    </div>
  )
}
