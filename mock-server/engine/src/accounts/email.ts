// Email addresses; the one function that decides when two spellings are one address (B30, S7, S8).

const local = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const domain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$/

/**
 * The canonical form of one address, or null where it is none: NFKC, trimmed, lower case, then validated.
 * Only ASCII passes, so that JavaScript and PostgreSQL cannot disagree about case; international domains as punycode.
 * Used wherever an address is stored or looked up.
 */
export function canonicalEmail(text: string): string | null {
  if (text.length > 320) return null
  const address = text.normalize('NFKC').trim().toLowerCase()
  const at = address.lastIndexOf('@')
  if (address.length > 254 || at < 1 || at > 64) return null
  return local.test(address.slice(0, at)) && domain.test(address.slice(at + 1)) ? address : null
}
