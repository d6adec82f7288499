// What a user agent is called by people. Its secret: which of the many names in it is the true one, which a library knows.
import bowser from 'bowser'

/** “Firefox on Linux”; null where the text names no program that is known. */
export function deviceName(userAgent: string | null): string | null {
  if (userAgent === null || userAgent === '') return null
  const parser = bowser.getParser(userAgent)
  const browser = parser.getBrowserName()
  const system = parser.getOSName()
  if (browser === '') return system === '' ? null : system
  return system === '' ? browser : `${browser} on ${system}`
}
