// Where one is signed in, and the ways to end that: one device, all others, everywhere.
import type { Device } from '@latchkey/core/account'
import { useAuth } from '@latchkey/react'
import { useEffect, useState } from 'react'
import { account } from './auth'
import { useCall } from './call'
import { Problem } from './problem'

export function Devices() {
  const { logout } = useAuth()
  const [devices, setDevices] = useState<readonly Device[]>([])
  const { run, isPending, error, done } = useCall()
  const load = async () => setDevices(await account.sessions.list())
  // oxlint-disable-next-line react/exhaustive-deps -- once, when the page opens
  useEffect(() => run(load), [])
  const end = (call: () => Promise<void>, what: string) => run(() => call().then(load), what)

  return (
    <main className="page">
      <title>Your devices · Latchkey</title>
      <h1>Your devices</h1>
      <Problem error={error} />
      <p role="status">{done}</p>
      <ul className="cards">
        {devices.map(({ id, device, ip, last_used_at, current }) => (
          <li key={id}>
            <h2>
              {device ?? 'Unknown device'} {current && <span className="tag">this one</span>}
            </h2>
            <p>
              {ip ?? 'No address'} · last used {new Date(last_used_at).toLocaleString()}
            </p>
            {!current && (
              <button
                className="quiet"
                disabled={isPending}
                onClick={() => end(() => account.sessions.revoke(id), 'That device is logged out.')}
              >
                Log out that one
              </button>
            )}
          </li>
        ))}
      </ul>
      <p className="actions">
        <button
          className="quiet"
          disabled={isPending}
          onClick={() => end(account.sessions.revokeOthers, 'All other devices are logged out.')}
        >
          Log out all others
        </button>
        <button className="quiet" onClick={() => void logout({ everywhere: true })}>
          Log out everywhere
        </button>
      </p>
    </main>
  )
}
