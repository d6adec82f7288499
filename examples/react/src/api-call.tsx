// A call of the app's own protected API, through ky on top of the client's fetch.
import { isAuthError } from '@latchkey/core'
import { isKyError } from 'ky'
import { useState } from 'react'
import { http } from './auth'

export function ApiCall() {
  const [answer, setAnswer] = useState('')
  const [failure, setFailure] = useState('')
  const [isCalling, setIsCalling] = useState(false)

  const call = async () => {
    setIsCalling(true)
    setFailure('')
    try {
      const { message } = await http.get('api/hello').json<{ readonly message: string }>()
      setAnswer(`${message}, it is ${new Date().toLocaleTimeString()}.`)
    } catch (error) {
      if (!isAuthError(error) && !isKyError(error)) throw error
      setFailure(error.message)
    } finally {
      setIsCalling(false)
    }
  }

  return (
    <section className="card" aria-labelledby="api">
      <h2 id="api">Protected API</h2>
      <p className="muted">
        <code>GET /api/hello</code> answers only to whoever is signed in.
      </p>
      <p className="actions">
        <button onClick={() => void call()} disabled={isCalling}>
          Call the API
        </button>
      </p>
      <p role="status">{answer}</p>
      {failure !== '' && (
        <p role="alert" className="wrong">
          {failure}
        </p>
      )}
    </section>
  )
}
