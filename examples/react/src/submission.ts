// One form being sent: whether it is under way, and what was wrong with it.
import { isAuthError, type AuthError } from '@latchkey/core'
import { useState, type FormEvent } from 'react'

type Fields = Readonly<Record<string, string>>

/** Sends a form's fields; an `AuthError` is kept to be shown, anything else is thrown to the error page. */
export function useSubmission(send: (fields: Fields) => Promise<unknown>) {
  const [isSending, setIsSending] = useState(false)
  const [error, setError] = useState<AuthError | null>(null)

  const submit = async (form: HTMLFormElement) => {
    setIsSending(true)
    setError(null)
    const entries = [...new FormData(form)].map(
      ([name, value]) => [name, typeof value === 'string' ? value : ''] as const,
    )
    try {
      await send(Object.fromEntries(entries))
    } catch (caught) {
      if (!isAuthError(caught)) throw caught
      setError(caught)
    } finally {
      setIsSending(false)
    }
  }

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void submit(event.currentTarget)
  }
  return { isSending, error, onSubmit }
}
