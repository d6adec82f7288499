// A client whose sign-in calls are answered by hand, in any order.
import type { AuthClient } from '@latchkey/core'
import { createHandMadeClient } from './hand-made-client.js'

type Answer = Awaited<ReturnType<AuthClient['login']>>

/** The client, and the answers to its calls, the first call's first. */
export function createSlowClient() {
  const answers: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }[] = []
  const call = () => new Promise<Answer>((resolve, reject) => void answers.push({ resolve, reject }))
  const { client } = createHandMadeClient()
  return {
    client: { ...client, login: call, register: call, verifyMfa: call },
    succeed: (index: number, answer: Answer) => answers[index]?.resolve(answer),
    fail: (index: number, error: unknown) => answers[index]?.reject(error),
  }
}
