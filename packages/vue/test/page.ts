// A page that shows all that the composables know, for a server and for the browser that takes it over.
import { defineComponent, h } from 'vue'
import { Show, useAuth, useRefreshState, useSession } from '../src/index.js'

/** Renders one line of text; `paints` keeps each of them. */
export const Page = defineComponent(
  (props: { readonly paints?: string[] }) => {
    const { status, user, hasRole } = useAuth()
    const session = useSession()
    const refresh = useRefreshState()
    return () => {
      const name = user.value?.display_name ?? 'nobody'
      const text = [status.value, session.value.status, refresh.value.status, name, hasRole('admin')].join(' ')
      props.paints?.push(text)
      const slots = { default: () => 'in', fallback: () => 'no', pending: () => '…' }
      return h('p', [text, ' ', h(Show, { when: { role: 'admin' } }, slots)])
    }
  },
  { props: ['paints'] },
)
