// A page without a framework, bundled by webpack with no configuration but the output.
import { createAuthClient } from '@latchkey/core'
import { createHttp } from '@latchkey/core/http'
import { createMockAuth } from '@latchkey/msw'
import { setupWorker } from 'msw/browser'

const ada = { email: 'ada@example.com', password: 'lovelace' }
await setupWorker(...createMockAuth({ users: [ada] }).handlers).start({ quiet: true })
const auth = createAuthClient({ baseURL: '/' })
const http = createHttp(auth)

auth.$session.subscribe(({ status }) => {
  document.querySelector('button').hidden = status !== 'unauthenticated'
})
document.querySelector('button').addEventListener('click', async () => {
  await auth.login(ada)
  const { email } = await http.get('auth/me').json()
  document.querySelector('h1').textContent = email
})
void auth.restore()
