// The gates as components; their secret is that one renders again only when its verdict turns.
import { computed, defineComponent, h, type SetupContext, type SlotsType } from 'vue'
import { useAtom } from './use-atom.js'
import { judge, type Gate } from './gate.js'
import { useAuthClient } from './plugin.js'
import type { RegisteredUser } from './register.js'

/** The slots of every gate: what it shows, and instead of it where it is closed, or until somebody has looked. */
export type GateSlots = SlotsType<{ default?: object; fallback?: object; pending?: object }>

/** What `<Show>` takes. */
export type ShowProps = { readonly when: Gate<RegisteredUser> }

/** What `<Protect>` takes: with neither role nor permission it asks for any signed-in user. */
export type ProtectProps = { readonly role?: string | undefined; readonly permission?: string | undefined }

type Context = SetupContext<[], GateSlots>

/**
 * Shows its default slot to whom `when` lets in, `#fallback` to others, `#pending` until that is known.
 * It hides, it does not protect: whoever may not see a thing must not get it from the server either.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export const Show = defineComponent(
  (props: ShowProps, { slots }: Context) => {
    const client = useAuthClient()
    const session = useAtom(client.$session)
    const verdict = computed(() => judge(props.when, session.value, client))
    return () => ({ open: slots.default, closed: slots.fallback, pending: slots.pending })[verdict.value]?.({})
  },
  { name: 'Show', props: ['when'] },
)

/** `<Show when="signed-in">`. */
export const SignedIn = alias('SignedIn', [], () => 'signed-in')

/** `<Show when="signed-out">`. */
export const SignedOut = alias('SignedOut', [], () => 'signed-out')

/** `<Show :when="{ role, permission }">`: hides from whoever lacks the role or the permission. */
export const Protect = alias('Protect', ['role', 'permission'], ({ role, permission }: ProtectProps) => {
  if (permission !== undefined) return { role, permission }
  return role === undefined ? 'signed-in' : { role }
})

function alias<Props extends object>(
  name: string,
  props: (keyof Props)[],
  toGate: (props: Props) => Gate<RegisteredUser>,
) {
  return defineComponent(
    (given: Props, { slots }: Context) =>
      () =>
        h(Show, { when: toGate(given) }, slots),
    { name, props },
  )
}
