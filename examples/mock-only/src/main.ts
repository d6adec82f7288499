// An app whose backend is a mock in the page: what befalls a session, at the press of a button.
import { createAuthClient } from '@latchkey/core'
import { createMockAuth, type Scenario } from '@latchkey/msw'
import { http, HttpResponse } from 'msw'
import { setupWorker } from 'msw/browser'
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has no name
import '../../shared/styles.css'

const ada = { email: 'ada@example.com', password: 'lovelace', role: 'admin' }
const mock = createMockAuth({ baseURL: '/api', users: [ada] })
const projects = mock.protect(http.get('/api/projects', () => HttpResponse.json(['Latchkey'])))
await setupWorker(...mock.handlers, projects).start({ quiet: true, onUnhandledFrame: 'bypass' })

const auth = createAuthClient({ baseURL: '/api' })
const say = (id: string, text: string) => {
  const place = document.getElementById(id)
  if (place !== null) place.textContent = text
}
const onPress = (id: string, press: () => Promise<unknown>) =>
  document.getElementById(id)?.addEventListener('click', () => {
    const count = () => say('calls', `Logins: ${mock.calls.login}. Refreshes: ${mock.calls.refresh}.`)
    press()
      .catch(() => say('answer', 'That did not work.'))
      .finally(count)
  })

auth.$session.subscribe((session) =>
  say(
    'session',
    session.status === 'authenticated'
      ? `Signed in as ${session.user.email}.`
      : session.status === 'pending'
        ? 'Looking for a session…'
        : `Nobody is signed in (${session.reason}).`,
  ),
)
onPress('login', () => auth.login(ada))
onPress('logout', () => auth.logout())
onPress('call', async () => say('answer', `Projects: ${await (await auth.fetch('/api/projects')).text()}`))

const scenarios: readonly Scenario[] = ['token-expired', 'session-revoked', 'refresh-fails', 'reply-lost', 'offline']
/** What lasts until the button is pressed again; the others happen once for each press. */
const lasting: readonly Scenario[] = ['refresh-fails', 'offline']
for (const scenario of scenarios) {
  const button = document.createElement('button')
  button.id = scenario
  button.className = 'quiet'
  button.textContent = scenario.replace('-', ' ')
  document.getElementById('scenarios')?.append(button)
  let takeBack: (() => void) | null = null
  onPress(scenario, async () => {
    if (!lasting.includes(scenario)) return mock.play(scenario)
    takeBack?.()
    takeBack = takeBack === null ? mock.play(scenario) : null
    button.setAttribute('aria-pressed', String(takeBack !== null))
  })
}

void auth.restore()
