// What the client tells of itself, newest first: here a silent refresh is seen.
import type { AuthEvent } from '@latchkey/core'
import { useAuthClient } from '@latchkey/react'
import { useEffect, useState } from 'react'

export function EventLog() {
  const client = useAuthClient()
  const [events, setEvents] = useState(client.timeline)
  useEffect(() => client.on(() => setEvents(client.timeline())), [client])

  return (
    <section className="card wide" aria-labelledby="events">
      <h2 id="events">What happened</h2>
      <ol className="events" aria-labelledby="events" tabIndex={0}>
        {events.toReversed().map((event, index) => (
          <li key={events.length - index}>
            <time dateTime={new Date(event.at).toISOString()}>{new Date(event.at).toLocaleTimeString()}</time>
            <code>{event.type}</code>
            <span>{tell(event)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

const logins: Readonly<Record<Extract<AuthEvent, { type: 'login' }>['via'], string>> = {
  login: 'With email and password.',
  register: 'With a new account.',
  mfa: 'With a second factor.',
  restore: 'The session was there still: one refresh brought it back.',
  peer: 'Another tab was signed in already: no call to the server.',
}

function tell(event: AuthEvent): string {
  switch (event.type) {
    case 'login':
      return logins[event.via]
    case 'refreshed':
      return event.by === 'peer' ? 'Another tab fetched a new token and shared it.' : 'A new token, silently.'
    case 'refresh-failed':
      return `No usable answer (${event.code}); the session stays.`
    case 'logout':
    case 'expired':
      return `The session ended: ${event.reason}.`
    case 'peer':
      return `Another tab said: ${event.said}.`
    case 'diagnostic':
      return event.message
    default:
      return ''
  }
}
