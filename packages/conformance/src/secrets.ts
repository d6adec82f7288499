// Every token, password and cookie that this run has seen. Its secret: the spellings in which one could leak into a report.

export type Secrets = {
  readonly add: (value: string | null | undefined) => void
  /** The text without any of them, however it is encoded. */
  readonly redact: (text: string) => string
}

/** Shorter ones are no secrets (`1`, `true`), and hiding them would garble the report. */
const shortest = 6

export function createSecrets(): Secrets {
  const known = new Set<string>()
  return {
    add(value) {
      if (value === null || value === undefined || value.length < shortest) return
      const quoted = JSON.stringify(value).slice(1, -1)
      const decoded = attemptDecode(value)
      for (const spelling of [value, decoded, encodeURIComponent(value), encodeURIComponent(decoded), quoted])
        known.add(spelling)
      // A JWT’s parts tell who it is, and its signature is what makes it valid.
      for (const part of value.split('.')) if (part.length >= 16) known.add(part)
    },
    redact: (text) =>
      [...known]
        .toSorted((a, b) => b.length - a.length)
        .reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text),
  }
}

function attemptDecode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
