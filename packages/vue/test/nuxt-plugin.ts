// The plugin that docs/vue.md gives to Nuxt; `defineNuxtPlugin` is the identity here, as it is in Nuxt.
import type { App } from 'vue'

declare global {
  interface ImportMeta {
    readonly client?: boolean
  }
}
const defineNuxtPlugin = <Plugin extends (nuxtApp: { readonly vueApp: App }) => void>(plugin: Plugin): Plugin => plugin

// plugins/latchkey.ts
import { createAuthClient } from '@latchkey/core'
import { createLatchkey } from '@latchkey/vue'

// oxlint-disable-next-line import/no-default-export -- as Nuxt wants it
export default defineNuxtPlugin(({ vueApp }) => {
  // One client for each request: nothing is shared between two visitors.
  const auth = createAuthClient({ baseURL: 'https://api.example.com' })
  vueApp.use(createLatchkey(auth))
  if (import.meta.client) void auth.restore()
})
