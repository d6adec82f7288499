// An id as one segment of a path. Its secret: URL parsers resolve `.` and `..`, percent-encoded too, so no encoding makes ids of them.
import { AuthError } from './index.js'

/** The id, encoded; `source` is where good ones come from. @throws `invalid_input` for what can be no segment (CVE-2025-48370) */
export function segment(id: string, source: string): string {
  if (!/^\.{0,2}$/.test(id)) return encodeURIComponent(id)
  throw new AuthError('invalid_input', `${id || 'An empty text'} is no id. Take it from ${source}.`)
}
