// `pnpm simulate [runs] [rounds]`: prints who is signed out for nothing, and how soon a thief is found, by policy.
import { policies } from './policy.js'
import { isSignedOut, timeToDetection, type Thief } from './world.js'

const [runs = 500, rounds = 200] = process.argv.slice(2).map(Number)
const columns = [1, 5, 20].flatMap((tabs) => [0, 0.01, 0.05].map((loss) => ({ tabs, loss })))
const thieves: Readonly<Record<string, Thief>> = {
  'own pace, other network': { caller: 'stranger', pace: 'own', acks: true },
  'own pace, lookalike': { caller: 'lookalike', pace: 'own', acks: true },
  'own pace, lookalike, no acks': { caller: 'lookalike', pace: 'own', acks: false },
  'shadow, other network': { caller: 'stranger', pace: 'shadow', acks: true },
  'shadow, lookalike': { caller: 'lookalike', pace: 'shadow', acks: true },
}

const print = (text: string): void => void process.stdout.write(`${text}\n`)
const head = (cells: readonly string[]) => print(`| ${cells.join(' | ')} |\n|${cells.map(() => '---').join('|')}|`)
const line = (cells: readonly string[]) => print(`| ${cells.join(' | ')} |`)

print(
  `Signed out for nothing, ${runs} runs of ${rounds} rotations each, delays up to 5 s each way, no lock between tabs:\n`,
)
head(['policy', ...columns.map(({ tabs, loss }) => `${tabs} tab${tabs === 1 ? '' : 's'}, ${loss * 100} % loss`)])
for (const [name, policy] of Object.entries(policies)) {
  const cells: string[] = []
  for (const { tabs, loss } of columns) {
    let out = 0
    for (let run = 0; run < runs; run += 1) if (await isSignedOut(policy, { tabs, loss, rounds }, run + 1)) out += 1
    cells.push(out === 0 ? '0' : `${((100 * out) / runs).toFixed(1)} %`)
  }
  line([name, ...cells])
}

print(`\nA thief with a copy of the whole cookie jar, ${runs} runs of 48 hours: found, and the median of how soon:\n`)
head(['policy', ...Object.keys(thieves)])
for (const [name, policy] of Object.entries(policies)) {
  const cells: string[] = []
  for (const thief of Object.values(thieves)) {
    const times: number[] = []
    for (let run = 0; run < runs; run += 1) {
      const found = await timeToDetection(policy, thief, run + 1)
      if (found !== null) times.push(found)
    }
    const median = times.toSorted((a, b) => a - b)[times.length >> 1]
    const share = `${((100 * times.length) / runs).toFixed(times.length === runs ? 0 : 1)} %`
    cells.push(median === undefined ? 'never' : `${share}, ${Math.round(median / 1000)} s`)
  }
  line([name, ...cells])
}
