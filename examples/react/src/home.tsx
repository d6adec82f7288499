// The public page: what the example shows, and the two ways in.
import { Show } from '@latchkey/react'
import { Link } from 'react-router'

export function Home() {
  return (
    <main className="page">
      <title>Latchkey, the React example</title>
      <section className="hero">
        <h1>Sign in to your own backend, and stay signed in.</h1>
        <p className="lead">
          One small client: correct across tabs, sleep, flaky networks and rotating refresh tokens. Nothing here shows a
          token, and no script can read the one that matters.
        </p>
        <p className="actions">
          <Show
            when="signed-out"
            fallback={
              <Link className="button" to="/account">
                Open your account
              </Link>
            }
          >
            <Link className="button" to="/register">
              Create an account
            </Link>
            <Link className="button quiet" to="/login">
              I have one
            </Link>
          </Show>
        </p>
      </section>
      <ul className="cards">
        <li>
          <h2>Watch it refresh</h2>
          <p>The access token lives for 30 seconds here. Your account page counts it down, and logs what happens.</p>
        </li>
        <li>
          <h2>Open a second tab</h2>
          <p>It is signed in at once, without asking the server. Log out in one, and the other follows.</p>
        </li>
        <li>
          <h2>Stop the server</h2>
          <p>You stay signed in, a banner says that it reconnects, and it does when the server is back.</p>
        </li>
      </ul>
    </main>
  )
}
