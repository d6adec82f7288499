// What `useAuth` hands out; its secret is that refreshing renders only the components that have read how it goes.
import type { AuthClient, RefreshState } from '@latchkey/core'
import type { Auth, AuthView, Identity } from './auth.js'

/** One component's auth, in the functions that React subscribes with. */
export type WholeAuth<User> = {
  readonly listen: (changed: () => void) => () => void
  /** The very same object until something changes that this component reads. */
  readonly current: () => Auth<User>
  readonly first: () => Auth<User>
}

/** What a component was handed, and of what it was made. */
type Held<User> = { readonly identity: Identity<User>; refresh: RefreshState; readonly auth: Auth<User> }

/** The view with the fields of refreshing added, which note that they are read. Made for each component. */
export function createWholeAuth<User>(
  view: AuthView<User>,
  { $refresh }: Pick<AuthClient<User>, '$refresh'>,
): WholeAuth<User> {
  let readsState = false
  let readsError = false
  const compose = (identity: Identity<User>, refresh: RefreshState): Held<User> => {
    const held: Held<User> = {
      identity,
      refresh,
      auth: {
        ...identity,
        get refreshState() {
          readsState = true
          return held.refresh
        },
        get error() {
          readsError = true
          return held.refresh.error
        },
      },
    }
    return held
  }

  let latest = compose(view.first(), $refresh.init ?? $refresh.get())
  const { auth } = latest
  return {
    listen(changed) {
      const stops = [view.listen(changed), $refresh.listen(changed)]
      return () => stops.forEach((stop) => stop())
    },
    current() {
      const [identity, now] = [view.current(), $refresh.get()]
      const { refresh } = latest
      if (
        identity !== latest.identity ||
        (readsState && now !== refresh) ||
        (readsError && now.error !== refresh.error)
      ) {
        latest = compose(identity, now)
      }
      // Where nobody has read what changed, it is there for whoever will, without a render.
      latest.refresh = now
      return latest.auth
    },
    first: () => auth,
  }
}
