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

/** How many exchanges storage tells of. */
export const written = (tabs: Tabs): number => Number(read(tabs, 'seq')) || 0

/** The tabs that say that they hold a token, so that a new one knows whom to ask; without this one. */
function holders(tabs: Tabs): readonly unknown[] {
  const stored: unknown = attempt(() => JSON.parse(read(tabs, 'tabs') ?? ''))
  return Array.isArray(stored) ? stored.filter((id) => id !== tabs.tab) : []
}

/** Writes the holders down anew: this tab among them where it is here and holds a token. */
export const relist = (tabs: Tabs, here: boolean): void => {
  if (tabs.listed) writeHolders(tabs, holders(tabs), here)
}

function writeHolders(tabs: Tabs, others: readonly unknown[], here = tabs.listed): void {
  if (tabs.talks) write(tabs, 'tabs', JSON.stringify(here ? [...others, tabs.tab] : others))
}

/** Says whether this tab holds a token. */
export function setHolding(tabs: Tabs, holding: boolean): void {
  if (!holding && !tabs.listed) return
  tabs.listed = holding
  writeHolders(tabs, holders(tabs))
}

/** True where another tab says that it holds a token. */
export const peersHold = (tabs: Tabs): boolean => tabs.channel !== null && holders(tabs).length > 0

/** Forgets the holders: they were asked and did not answer. They write themselves down again with their next token. */
export const forgetPeers = (tabs: Tabs): void => writeHolders(tabs, [])

export function markOf(tabs: Tabs): SessionMark | null {
  const mark: unknown = attempt(() => JSON.parse(read(tabs, 'session') ?? ''))
  const { sid, state } = (mark ?? {}) as Partial<SessionMark>
  return typeof sid === 'string' && state !== undefined && ['in', ...endReasons].includes(state) ? { sid, state } : null
}

export const setMark = (tabs: Tabs, mark: SessionMark): void => write(tabs, 'session', JSON.stringify(mark))

/** A logout that the server has not heard of yet: `all` for logout everywhere. Blocks every silent restore. */
export function pendingLogout(tabs: Tabs): 'this' | 'all' | null {
  const scope = read(tabs, 'logout') ?? tabs.unwritten
  return scope === 'this' || scope === 'all' ? scope : null
}

export function setPendingLogout(tabs: Tabs, scope: 'this' | 'all' | null): void {
  write(tabs, 'logout', scope)
  tabs.unwritten = read(tabs, 'logout') === scope ? null : scope
}
