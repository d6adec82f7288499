// What is left in storage for tabs that missed a message, and never a token. Its secret is a storage that is absent or refuses.
import { listen, type Tabs } from './core.js'
import { endReasons, type EndReason } from './end-reason.js'
import { attempt } from './page.js'

/** The last login or logout of the origin, as left in storage: the tombstone that a missed message cannot hide. No token. */
export type SessionMark = { readonly sid: string; readonly state: 'in' | EndReason }

const keyOf = (tabs: Tabs, key: string): string => `latchkey:${tabs.name}:${key}`

/** What storage has under the client's key; null where there is nothing, or no storage. */
export const read = (tabs: Tabs, key: string): string | null =>
  attempt(() => tabs.page.storage?.getItem(keyOf(tabs, key))) ?? null

/** Writes, where storage takes it; null removes. */
export function write(tabs: Tabs, key: string, value: string | null): void {
  const { storage } = tabs.page
  attempt(() => (value === null ? storage?.removeItem(keyOf(tabs, key)) : storage?.setItem(keyOf(tabs, key), value)))
}

/** Calls when another tab wrote under that key. */
export function onWritten(tabs: Tabs, key: string, call: () => void): void {
  listen(tabs, ['storage'], (event) => {
    if ((event as StorageEvent).key === keyOf(tabs, key)) call()
  })
}

const parsed = (tabs: Tabs, key: string): unknown => attempt(() => JSON.parse(read(tabs, key) ?? ''))

/** The tabs that say that they hold a token, so that a new one knows whom to ask. */
function holders(tabs: Tabs): readonly unknown[] {
  const stored = parsed(tabs, 'tabs')
  return Array.isArray(stored) ? stored : []
}

const others = (tabs: Tabs): readonly unknown[] => holders(tabs).filter((id) => id !== tabs.tab)

/** Writes down whether this tab can be asked: where it is here, and holds a token that it shares. */
export function enlist(tabs: Tabs, isHere = true): void {
  const holds = isHere && tabs.shareToken && tabs.token !== null
  if (holders(tabs).includes(tabs.tab) !== holds)
    write(tabs, 'tabs', JSON.stringify(holds ? [...others(tabs), tabs.tab] : others(tabs)))
}

/** True where another tab says that it holds a token. */
export const peersHold = (tabs: Tabs): boolean => tabs.channel !== null && others(tabs).length > 0

/** Forgets the holders: they were asked and did not answer. They write themselves down again with their next token. */
export const forgetPeers = (tabs: Tabs): void => write(tabs, 'tabs', null)

export function markOf(tabs: Tabs): SessionMark | null {
  const stored = (parsed(tabs, 'session') ?? {}) as Readonly<Record<string, unknown>>
  const state = (['in', ...endReasons] as const).find((known) => known === stored['state'])
  return typeof stored['sid'] === 'string' && state ? { sid: stored['sid'], state } : null
}

/** The session that somebody is signed in to, as storage tells. */
export function openSid(tabs: Tabs): string | null {
  const mark = markOf(tabs)
  return mark?.state === 'in' ? mark.sid : null
}

/** True where a logout of that session was left in storage. */
export function isOver(tabs: Tabs, sid: string | undefined): boolean {
  const mark = markOf(tabs)
  return mark !== null && mark.sid === sid && mark.state !== 'in'
}

/** A logout that the server has not heard of yet: `all` for logout everywhere. Blocks every silent restore. */
export const pendingLogout = (tabs: Tabs): string | null => read(tabs, 'logout') ?? tabs.unwritten ?? null
