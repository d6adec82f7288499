// A page, the client, and nothing else: what is shown follows the session's store.
import { createAuthClient, isAuthError } from '@latchkey/core'
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has no name
import '../../shared/styles.css'

const { protocol, hostname } = window.location
const apiURL: string = import.meta.env.VITE_API_URL ?? `${protocol}//${hostname}:8787`
const auth = createAuthClient({ baseURL: apiURL })

const part = <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind => {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`index.html has no #${id}`)
  return found
}
const [waiting, login, account] = ['waiting', 'login', 'account'].map((id) => part(id, HTMLElement))

auth.$session.subscribe((session) => {
  waiting?.toggleAttribute('hidden', session.status !== 'pending')
  login?.toggleAttribute('hidden', session.status !== 'unauthenticated')
  account?.toggleAttribute('hidden', session.status !== 'authenticated')
  part('name', HTMLElement).textContent = session.status === 'authenticated' ? session.user.email : ''
})

part('login', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  const credentials = {
    email: part('email', HTMLInputElement).value,
    password: part('password', HTMLInputElement).value,
  }
  const isNew = event.submitter?.getAttribute('value') === 'register'
  const problem = part('problem', HTMLElement)
  problem.textContent = ''
  const sent = isNew ? auth.register(credentials) : auth.login(credentials)
  sent.catch((error: unknown) => {
    if (!isAuthError(error)) throw error
    problem.textContent = error.message
  })
})

part('call', HTMLButtonElement).addEventListener('click', () => {
  const answer = part('answer', HTMLElement)
  auth.fetch(`${apiURL}/api/hello`).then(
    async (response) => (answer.textContent = ((await response.json()) as { message: string }).message),
    () => (answer.textContent = 'The API does not answer.'),
  )
})
part('logout', HTMLButtonElement).addEventListener('click', () => void auth.logout())

void auth.restore()
