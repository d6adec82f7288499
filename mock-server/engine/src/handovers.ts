// A finished sign-in elsewhere, handed to the page that asked for it. Its secret: a code alone, without the page's own secret, opens nothing.
import { z } from 'zod'
import { millisecondsOf, type EngineClock } from './clock.js'
import { randomText, sha256 } from './encoding.js'
import type { Slips } from './slip.js'

/** What is handed over: a sign-in that is done, or an identity to be linked. */
type Handover =
  | {
      readonly intent: 'sign-in'
      readonly accountId: string
      /** What must still hold when it is taken, in the words of who gave it. */
      readonly bond: string
    }
  | {
      readonly intent: 'link'
      readonly provider: string
      readonly issuer: string
      readonly subject: string
      readonly email: string | null
    }

/** Seconds in which the page must come for it. */
const handoverTtl = 300

export type Handovers = {
  /** A code, good once, for who has the secret behind the challenge. */
  readonly give: (handover: Handover, challenge: string) => Promise<string>
  /** What the code stands for, to one of many at once; null for the rest, a wrong secret, another intent, and after five minutes. */
  readonly take: <Wanted extends Handover['intent']>(
    code: string,
    verifier: string,
    intent: Wanted,
  ) => Promise<Extract<Handover, { readonly intent: Wanted }> | null>
}

const noted = z.object({
  challenge: z.string(),
  handover: z.discriminatedUnion('intent', [
    z.object({ intent: z.literal('sign-in'), accountId: z.string(), bond: z.string() }),
    z.object({
      intent: z.literal('link'),
      provider: z.string(),
      issuer: z.string(),
      subject: z.string(),
      email: z.string().nullable(),
    }),
  ]),
})

/** Hand-overs in a store that learns digests only. */
export function createHandovers(store: Slips, clock: EngineClock): Handovers {
  return {
    give: async (handover, challenge) => {
      const code = randomText(256)
      const content = JSON.stringify({ challenge, handover })
      const expiresAt = millisecondsOf(clock) + handoverTtl * 1000
      await store.insertSlip({ hash: await sha256(code), kind: kindOf(handover.intent), content, expiresAt })
      return code
    },
    take: async <Wanted extends Handover['intent']>(code: string, verifier: string, intent: Wanted) => {
      const content = await store.takeSlip(await sha256(code), kindOf(intent))
      if (content === null) return null
      const { challenge, handover } = noted.parse(JSON.parse(content))
      if (challenge !== (await sha256(verifier)) || handover.intent !== intent) return null
      return handover as Extract<Handover, { readonly intent: Wanted }>
    },
  }
}

const kindOf = (intent: Handover['intent']): string => `handover ${intent}`
