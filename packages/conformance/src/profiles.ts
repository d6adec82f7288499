// A profile by the name people type, or from their own file. Its secret: names are the exports of core's profiles, in kebab case.
import { pathToFileURL } from 'node:url'
import type { Profile } from '@latchkey/core'
import * as exported from '@latchkey/core/profiles'
import { pageCookies } from './page-cookies.js'

/** Settings of a profile, as `--option name=value` gives them. */
export type ProfileOptions = Readonly<Record<string, string>>

/** The user asked for what there is not; the message says what there is. */
export class BadUsage extends Error {
  override readonly name = 'BadUsage'
}

type Factory = (options: Readonly<Record<string, unknown>>) => Profile

const factories: ReadonlyMap<string, Factory> = new Map(
  Object.entries(exported)
    .filter((entry): entry is [string, (typeof entry)[1] & Factory] => typeof entry[1] === 'function')
    .map(([name, factory]) => [kebab(name), factory]),
)

/** All that `--profile` takes beside a file. */
export const profileNames: readonly string[] = [...factories.keys()].toSorted()

/** @throws BadUsage for an unknown name, or a file that exports no profile */
export async function findProfile(name: string, options: ProfileOptions = {}): Promise<Profile> {
  const factory = factories.get(name)
  const typed = Object.fromEntries(Object.entries(options).map(([key, value]) => [key, typedAs(value)]))
  if (factory !== undefined) return checked(factory({ cookies: pageCookies, ...typed }), name)
  if (/^\.{0,2}\/|\.[cm]?[jt]s$/.test(name)) return fromFile(name, typed)
  throw new BadUsage(
    `There is no profile ${name}. There are: ${profileNames.join(', ')}; or name a file that exports one.`,
  )
}

async function fromFile(path: string, options: Readonly<Record<string, unknown>>): Promise<Profile> {
  const module = await (import(pathToFileURL(path).href) as Promise<Record<string, unknown>>).catch(() => {
    throw new BadUsage(`${path} cannot be loaded as a JavaScript module.`)
  })
  const found = module['default'] ?? module['profile']
  return checked(typeof found === 'function' ? (found as Factory)({ cookies: pageCookies, ...options }) : found, path)
}

function checked(profile: unknown, name: string): Profile {
  const { login, refresh, readGrant } = (profile ?? {}) as Partial<Profile>
  if ([login, refresh, readGrant].every((part) => typeof part === 'function')) return profile as Profile
  throw new BadUsage(`${name} exports no profile: it needs at least login, refresh and readGrant.`)
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function typedAs(value: string): unknown {
  if (/^\d+$/.test(value)) return Number(value)
  return value === 'true' || value === 'false' ? value === 'true' : value
}
