// The second net: signs that two hold one token. Its secret is that one odd generation proves nothing, and some in a row do.
import type { Family } from './store.js'

/** The counters of a family; `…At` is the generation that was counted last, so that each counts once. */
export type Streaks = Pick<Family, 'foreignStreak' | 'foreignAt' | 'lateStreak' | 'lateAt'>

/** What is odd about a replay of the head: who asked, or how late. */
export type Oddness = { readonly foreign: boolean; readonly late: boolean }

/**
 * The counters after a replay. A generation that passes without an oddity breaks the row: the next one begins at one.
 * @see ROTATION.md, "second net"
 */
export function countReplay(family: Streaks & Pick<Family, 'head'>, { foreign, late }: Oddness): Streaks {
  const { head } = family
  return {
    foreignStreak: foreign ? next(family.foreignStreak, family.foreignAt, head) : family.foreignStreak,
    foreignAt: foreign ? head : family.foreignAt,
    lateStreak: late ? next(family.lateStreak, family.lateAt, head) : family.lateStreak,
    lateAt: late ? head : family.lateAt,
  }
}

const next = (streak: number, at: number, head: number): number =>
  at === head ? streak : at === head - 1 ? streak + 1 : 1

/** Whether so many generations in a row are too many; a limit of zero is never reached. */
export const isTooOdd = ({ foreignStreak, lateStreak }: Streaks, limit: number): boolean =>
  limit > 0 && Math.max(foreignStreak, lateStreak) >= limit
