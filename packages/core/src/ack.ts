// Tells the server that a rotated token arrived, which closes the door to its predecessor; its secret is when.
import type { Clock } from './clock.js'
import type { Page } from './page.js'

export type Ack = {
  /** A token came: acknowledge it soon. */
  readonly due: () => void
  readonly cancel: () => void
  readonly dispose: () => void
}

const delay = 3_000

/** Sends the acknowledgement after three seconds, or at once when the page is being hidden and may not come back. */
export function createAck({
  clock,
  page,
  send,
}: {
  readonly clock: Clock
  readonly page: Page
  readonly send: () => void
}): Ack {
  let cancelTimer: (() => void) | null = null
  const cancel = (): void => {
    cancelTimer?.()
    cancelTimer = null
  }
  const sendNow = (): void => {
    cancel()
    send()
  }
  const unlisten = page.listen('visibilitychange', () => {
    if (cancelTimer !== null && page.hidden()) sendNow()
  })
  return {
    due() {
      cancel()
      cancelTimer = clock.after(delay, sendNow)
    },
    cancel,
    dispose() {
      cancel()
      unlisten()
    },
  }
}
