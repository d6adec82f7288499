// A fresh React app: the packed packages as somebody would use them on the first day.
import { createAuthClient } from '@latchkey/core'
import { createMockAuth } from '@latchkey/msw'
import { AuthProvider, Show, useAuth } from '@latchkey/react'
import { useLogin } from '@latchkey/react/forms'
import { setupWorker } from 'msw/browser'
import { createRoot } from 'react-dom/client'

const ada = { email: 'ada@example.com', password: 'lovelace' }
await setupWorker(...createMockAuth({ users: [ada] }).handlers).start({ quiet: true })
const auth = createAuthClient({ baseURL: '/' })

const Out = () => {
  const { mutate, isPending } = useLogin()
  return (
    <button disabled={isPending} onClick={() => mutate(ada)}>
      Log in
    </button>
  )
}
const In = () => <h1>{useAuth().user?.email}</h1>

void auth.restore()
createRoot(document.getElementById('root')).render(
  <AuthProvider client={auth}>
    <Show when="signed-in" fallback={<Out />}>
      <In />
    </Show>
  </AuthProvider>,
)
