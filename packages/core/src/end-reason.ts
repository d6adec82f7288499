// Why nobody is signed in: the one list that the machine, the messages between tabs and the guards share.

/** Every reason for `unauthenticated`. */
export const endReasons = ['no-session', 'logged-out', 'logged-out-elsewhere', 'expired', 'revoked', 'idle'] as const

/**
 * Why nobody is signed in: nobody was, a logout here or in another tab, a session past its time, one that the server
 * ended, or nobody acting for too long.
 */
export type EndReason = (typeof endReasons)[number]
