// What is shown in place of a page: while it is not known who is here, and when there is no page.
import { Link } from 'react-router'

export const Waiting = () => (
  <main className="page narrow">
    <title>Latchkey</title>
    <p className="muted" role="status">
      Looking for your session…
    </p>
  </main>
)

export const Failure = ({ title }: { readonly title: string }) => (
  <main className="page narrow">
    <title>{`${title} · Latchkey`}</title>
    <h1>{title}</h1>
    <p>
      <Link to="/">Go to the start page</Link>
    </p>
  </main>
)
