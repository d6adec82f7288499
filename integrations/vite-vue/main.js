// A fresh Vue app: the packed packages as somebody would use them on the first day.
import { createAuthClient } from '@latchkey/core'
import { createMockAuth } from '@latchkey/msw'
import { createLatchkey } from '@latchkey/vue'
import { setupWorker } from 'msw/browser'
import { createApp } from 'vue'
import App from './App.vue'

const ada = { email: 'ada@example.com', password: 'lovelace' }
await setupWorker(...createMockAuth({ users: [ada] }).handlers).start({ quiet: true })
const auth = createAuthClient({ baseURL: '/' })
void auth.restore()
createApp(App).use(createLatchkey(auth)).mount('#root')
