// Every profile in every shape worth a try. Its secret: settings that change where the refresh token travels.
import type { Profile } from '@latchkey/core'
import { findProfile, profileNames, type ProfileOptions } from './profiles.js'

/** One profile with the settings that make it. */
export type Candidate = { readonly name: string; readonly options: ProfileOptions; readonly profile: Profile }

const shapes: readonly ProfileOptions[] = [{}, { refreshToken: 'body' }, { refreshToken: 'cookie' }]
/** Settings that some profiles cannot do without; whoever knows better gives theirs. */
const standIns: ProfileOptions = { clientId: 'latchkey', realm: 'master', apiKey: 'none' }

/** All of them, without those that would send and read the same. */
export async function allCandidates(given: ProfileOptions): Promise<readonly Candidate[]> {
  const wanted = profileNames.flatMap((name) => shapes.map((shape) => ({ name, options: { ...shape, ...given } })))
  const made = await Promise.all(
    wanted.map(async ({ name, options }) => {
      const profile = await orNull(() => findProfile(name, { ...standIns, ...options }))
      return profile === null ? [] : [{ name, options, profile }]
    }),
  )
  const distinct = new Map<string, Candidate>()
  for (const one of made.flat()) {
    const spelled = spelling(one)
    if (spelled !== null && !distinct.has(spelled)) distinct.set(spelled, one)
  }
  return [...distinct.values()]
}

function spelling({ name, profile }: Candidate): string | null {
  try {
    return JSON.stringify([name, profile.refreshToken, profile.login({}), profile.refresh('token')])
  } catch {
    return null
  }
}

async function orNull<T>(make: () => Promise<T>): Promise<T | null> {
  try {
    return await make()
  } catch {
    return null
  }
}
