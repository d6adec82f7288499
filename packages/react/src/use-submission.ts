// A form's call as a hook; its secret is that an unmounted form hears nothing any more.
import { useMemo, useSyncExternalStore } from 'react'
import { createSubmission, type Submission } from './submission.js'

/** The submission of a call; another call begins anew. */
export function useSubmission<Input extends readonly unknown[], Result>(
  call: (...input: Input) => Promise<Result>,
): Submission<Input, Result> {
  const { listen, current } = useMemo(() => createSubmission(call), [call])
  return useSyncExternalStore(listen, current, current)
}
