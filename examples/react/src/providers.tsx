// The ways in by an account elsewhere: one button for each provider of the server, nothing where it has none.
import { useEffect, useState } from 'react'
import { account, returned } from './auth'
import { useCall } from './call'
import { Problem } from './problem'

export function Providers({ returnTo }: { readonly returnTo: string }) {
  const [names, setNames] = useState<readonly string[]>([])
  const { run, isPending, error } = useCall()
  // oxlint-disable-next-line react/exhaustive-deps -- once, when the page opens
  useEffect(() => run(async () => setNames(await account.providers())), [])
  return (
    <>
      {names.map((name) => (
        <button
          key={name}
          className="quiet"
          disabled={isPending}
          onClick={() => run(() => account.loginWith(name, { returnTo }))}
        >
          Continue with {name.charAt(0).toUpperCase() + name.slice(1)}
        </button>
      ))}
      <Problem error={error} />
    </>
  )
}

/** What a return from a provider came to, until it is dropped; null where there was none. */
export function useReturned() {
  const [back, setBack] = useState<Awaited<typeof returned>>(null)
  useEffect(() => void returned.then(setBack), [])
  return [back, () => setBack(null)] as const
}
