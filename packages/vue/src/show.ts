// The gates as components; their secret is that one renders again only when its verdict turns.
import { computed, defineComponent, h, type SlotsType } from 'vue'
import { useShown } from './binding.js'
import { judge, type Gate } from './gate.js'
import type { RegisteredUser } from './register.js'

/** The slots of every gate: what it shows, and instead of it where it is closed, or until somebody has looked. */
export type GateSlots = SlotsType<{ default?: object; fallback?: object; pending?: object }>

/** What `<Show>` takes. */
export type ShowProps = { readonly when: Gate<RegisteredUser> }

/** What `<Protect>` takes: with neither role nor permission it asks for any signed-in user. */
export type ProtectProps = { readonly role?: string | undefined; readonly permission?: string | undefined }

/** What `defineComponent` takes the slots' types from. */
const gateSlots: GateSlots = {}

/**
 * Shows its default slot to whom `when` lets in, `#fallback` to others, `#pending` until that is known.
 * It hides, it does not protect: whoever may not see a thing must not get it from the server either.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export const Show = defineComponent(
  (props: ShowProps, { slots }) => {
    const { session, checks } = useShown()
    const verdict = computed(() => judge(props.when, session.value, checks(session.value)))
    return () => ({ open: slots.default, closed: slots.fallback, pending: slots.pending })[verdict.value]?.({})
  },
  { name: 'Show', props: ['when'], slots: gateSlots },
)

/** `<Show when="signed-in">`. */
export const SignedIn = defineComponent(
  (_props: object, { slots }) =>
    () =>
      h(Show, { when: 'signed-in' }, slots),
  { name: 'SignedIn', slots: gateSlots },
)

/** `<Show when="signed-out">`. */
export const SignedOut = defineComponent(
  (_props: object, { slots }) =>
    () =>
      h(Show, { when: 'signed-out' }, slots),
  { name: 'SignedOut', slots: gateSlots },
)

/** `<Show :when="{ role, permission }">`: hides from whoever lacks the role or the permission. */
export const Protect = defineComponent(
  (props: ProtectProps, { slots }) =>
    () =>
      h(Show, { when: toGate(props) }, slots),
  { name: 'Protect', props: ['role', 'permission'], slots: gateSlots },
)

function toGate({ role, permission }: ProtectProps): Gate<RegisteredUser> {
  if (permission !== undefined) return { role, permission }
  return role === undefined ? 'signed-in' : { role }
}
