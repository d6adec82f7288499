// Asks whoever is signed in to prove it anew, where a change wants that; what waits for it goes on by itself then.
import { useUser } from '@latchkey/react'
import { useLogin } from '@latchkey/react/forms'
import { useEffect, useState } from 'react'
import { useLocation } from 'react-router'
import { auth } from './auth'
import { Providers } from './providers'
import { FirstStep, SecondStep } from './steps'

export function FreshLogin() {
  const [isAsked, setIsAsked] = useState(() => auth.stepUp.waiting() > 0)
  useEffect(
    () =>
      auth.on(({ type }) => {
        if (type === 'step-up-required') setIsAsked(true)
        if (type === 'login' || type === 'logout' || type === 'expired') setIsAsked(false)
      }),
    [],
  )
  return isAsked && <Dialog close={() => setIsAsked(false)} />
}

function Dialog({ close }: { readonly close: () => void }) {
  const user = useUser()
  const login = useLogin()
  const { pathname } = useLocation()
  const giveUp = () => {
    auth.stepUp.reject()
    close()
  }
  return (
    <dialog aria-labelledby="fresh" ref={show} onCancel={giveUp}>
      <h2 id="fresh">Is it you?</h2>
      <p className="muted">You logged in a while ago. This change wants a fresh login.</p>
      {login.data?.status === 'mfa-required' ? (
        <SecondStep {...login.data} again={login.reset} />
      ) : (
        <>
          <FirstStep login={login} email={user?.email} />
          <Providers returnTo={pathname} />
        </>
      )}
      <button className="quiet" onClick={giveUp}>
        Not now
      </button>
    </dialog>
  )
}

function show(dialog: HTMLDialogElement | null): void {
  if (dialog?.open !== false) return
  dialog.showModal()
  dialog.querySelector<HTMLInputElement>('[type=password]')?.focus()
}
