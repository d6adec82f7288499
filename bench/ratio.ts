// A ratio of two ways to do one thing, measured side by side: machines are noisy, and noise hits both.

/** The median of the ratios of paired runs, taken in alternating order so that a slow moment hits both sides. */
export async function ratio(baseline: () => Promise<void>, subject: () => Promise<void>, rounds = 31): Promise<number> {
  const time = async (run: () => Promise<void>): Promise<number> => {
    const start = performance.now()
    await run()
    return performance.now() - start
  }
  await baseline()
  await subject()
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    const [first, second] = round % 2 === 0 ? [baseline, subject] : [subject, baseline]
    const [a, b] = [await time(first), await time(second)]
    ratios.push(round % 2 === 0 ? b / a : a / b)
  }
  return ratios.toSorted((a, b) => a - b)[rounds >> 1] ?? NaN
}

export const sequential = (count: number, call: () => Promise<unknown>) => async (): Promise<void> => {
  for (let n = 0; n < count; n++) await call()
}

export const concurrent = (count: number, call: () => Promise<unknown>) => async (): Promise<void> => {
  await Promise.all(Array.from({ length: count }, call))
}
