// Where the app starts: the client as a plugin, the router behind its guard, and the devtools while one develops.
import { createLatchkey } from '@latchkey/vue'
import { latchkeyDevtools } from '@latchkey/vue/devtools'
import { createApp } from 'vue'
import { START_LOCATION } from 'vue-router'
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has no name
import '../../shared/styles.css'
import App from './App.vue'
import { auth } from './auth'
import { router } from './router'

const app = createApp(App).use(createLatchkey(auth)).use(router)
if (import.meta.env.DEV) app.use(latchkeyDevtools(auth))
app.mount('#app')

// A logout runs the guards again, in this tab or another. A session that expires does not: the banner says so, and what was
// typed stays. Before the first page is there, its own guard is still to come, and the router takes itself for being at `/`.
auth.on(({ type }) => {
  const here = router.currentRoute.value
  if (here === START_LOCATION || (type !== 'logout' && type !== 'account-changed')) return
  void router.replace({ path: here.path, query: here.query, hash: here.hash, force: true })
})
