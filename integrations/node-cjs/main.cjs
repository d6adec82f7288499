// A CommonJS script: every entry can be required, and a client signs in over a fetch of its own.
const { createAuthClient } = require('@latchkey/core')
const { createAccount } = require('@latchkey/core/account')
const { attachToAxios } = require('@latchkey/core/axios')
const { createHttp } = require('@latchkey/core/http')
const { fastapiCookie } = require('@latchkey/core/profiles')
const { AuthProvider, useUser } = require('@latchkey/react')
const { createLatchkey } = require('@latchkey/vue')
const { createElement } = require('react')
const { renderToString } = require('react-dom/server')

const user = { id: 'u1', email: 'ada@example.com', role: 'user', permissions: [] }
const grant = { access_token: 'opaque', token_type: 'Bearer', expires_in: 600, user, sid: 's1', gen: 0 }
const auth = createAuthClient({ baseURL: 'https://api.test', fetch: async () => Response.json(grant) })
const Name = () => createElement('b', null, useUser()?.email ?? 'nobody')

const isThere = [createAccount, attachToAxios, createHttp, fastapiCookie, createLatchkey].every(
  (each) => typeof each === 'function',
)
auth.login({ email: user.email, password: 'lovelace' }).then(({ status, session }) => {
  const page = createElement(AuthProvider, { client: auth, initialSession: session }, createElement(Name))
  const html = renderToString(page)
  auth.dispose()
  if (!isThere || status !== 'authenticated' || html !== '<b>ada@example.com</b>') process.exitCode = 1
  process.stdout.write(`${status} ${html}\n`)
})
