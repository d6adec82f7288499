// The ways in by an account elsewhere: one button for each provider of the server, nothing where it has none.
import { useSession } from '@latchkey/react'
import { useEffect, useState } from 'react'
import { account, failureOf, returned } from './auth'
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
          Continue with {labelOf(name)}
        </button>
      ))}
      <Problem error={error} />
    </>
  )
}

export const labelOf = (provider: string): string => provider.charAt(0).toUpperCase() + provider.slice(1)

/** What a return from a provider came to; a login that came after it, and `drop`, make it a thing of the past. */
export function useReturned() {
  const [back, setBack] = useState<Awaited<typeof returned>>(null)
  const { generation } = useSession()
  useEffect(() => void returned.then(setBack), [])
  const now = back?.generation === generation ? back : null
  return {
    half: now?.status === 'mfa-required' ? now : null,
    /** The provider that was linked. */
    linked: now?.status === 'linked' ? now.identity.provider : null,
    failure: now?.status === 'failed' ? failureOf(now) : null,
    hasFailed: now?.status === 'failed',
    drop: () => setBack(null),
  }
}
