// What the backend says to nonsense. Its secret: what a stack trace looks like in seven languages.
import type { Check } from '../check.js'
import { fail, pass, worst } from '../finding.js'
import type { Exchange } from '../browser.js'

const traces =
  /Traceback \(most recent call last\)|^\s+at .+:\d+:\d+\)?$|\.java:\d+\)|File ".+", line \d+|#\d+ \/.+\.php\(\d+\)|\.rb:\d+:in |goroutine \d+ \[|   at .+ in .+:line \d+/m

export const errorShape: Check = {
  id: 'error-shape',
  title: 'Bad requests are refused in JSON, without a stack trace',
  why: 'The client takes a 5xx or an HTML page for an outage and tries again; a stack trace tells strangers about the code.',
  fix: 'Validate the body before use, and answer 400 or 422 with a JSON body; switch debug pages off.',
  async look(stage) {
    const call = stage.profile.login({ email: 'nobody@example.com', username: 'nobody', password: 'x' })
    const type = { 'Content-Type': call.form === undefined ? 'application/json' : 'application/x-www-form-urlencoded' }
    const bodies =
      call.form === undefined
        ? ['{"email":', '[]', 'null', '{"email":{"$gt":""},"password":[]}']
        : ['', 'username=%00', 'password=x']
    const answers = await Promise.all(bodies.map((body) => stage.browser().send(call, { body, headers: type })))
    return worst(answers.map(judge))
  },
}

function judge({ status, json, content, call }: Exchange) {
  if (status >= 500) return fail(`${call} answered ${status} to a malformed body.`)
  if (status < 400) return fail(`${call} answered ${status} to a malformed body.`)
  if (traces.test(content)) return fail(`${call} answered ${status} with a stack trace.`)
  if (json === undefined && status !== 429) return fail(`${call} answered ${status} with something that is not JSON.`)
  return pass(`${status} in JSON.`)
}
