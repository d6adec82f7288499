// Other places to sign in: linked by a journey there and back, unlinked while another way in is left.
import type { Identity } from '@latchkey/core/account'
import { useEffect, useState } from 'react'
import { account } from './auth'
import { useCall } from './call'
import { Problem } from './problem'
import { labelOf, useReturned } from './providers'

export function Identities() {
  const [providers, setProviders] = useState<readonly string[]>([])
  const [mine, setMine] = useState<readonly Identity[]>([])
  const { run, isPending, error, done } = useCall()
  const { linked, failure } = useReturned()
  const load = async () => setMine(await account.identities.list())
  // oxlint-disable-next-line react/exhaustive-deps -- when the page opens, and when one was linked
  useEffect(() => run(() => Promise.all([load(), account.providers().then(setProviders)])), [linked])
  if (providers.length + mine.length === 0 && error === null) return null
  const isLinked = (name: string) => mine.some(({ provider }) => provider === name)

  return (
    <section className="card" aria-labelledby="identities">
      <h2 id="identities">Sign in elsewhere</h2>
      <p className="muted">An account at another place that opens this one.</p>
      <ul className="list" aria-label="Where you sign in">
        {mine.map(({ id, provider, email }) => (
          <li key={id}>
            {labelOf(provider)} {email !== null && <span className="muted">{email}</span>}{' '}
            <button
              className="quiet small"
              aria-label={`Unlink ${labelOf(provider)}`}
              disabled={isPending}
              onClick={() => run(() => account.identities.unlink(id).then(load), `${labelOf(provider)} is unlinked.`)}
            >
              Unlink
            </button>
          </li>
        ))}
      </ul>
      <Problem error={error} />
      {failure !== null && error === null && done === '' && <p className="notice">{failure}</p>}
      <p role="status">{done === '' && linked !== null ? `${labelOf(linked)} is linked.` : done}</p>
      <p className="actions">
        {providers
          .filter((name) => !isLinked(name))
          .map((name) => (
            <button
              key={name}
              className="quiet"
              disabled={isPending}
              onClick={() => run(() => account.identities.link(name))}
            >
              Link {labelOf(name)}
            </button>
          ))}
      </p>
    </section>
  )
}
