// `latchkey-server secrets reseal`. Its secret: which peppers there are, and when the old one may go.
import type { Config } from '../config.js'
import { CommandRefused, withEngine } from './users.js'

/** Seals what rests in the database by the first pepper; what it came to, in words for the person at the terminal. */
export async function reseal(config: Config): Promise<string> {
  if (config.pepper === null || config.pepper.length < 2) {
    throw new CommandRefused('There is nothing to seal anew: set REFRESH_TOKEN_PEPPER=new,old, as the servers have it.')
  }
  const { resealed, unreadable } = await withEngine(config, ({ engine }) => engine.reseal())
  const lost = unreadable === 0 ? '' : ` ${unreadable} cannot be opened by any of these peppers, and stay as they are.`
  return `${resealed} secrets were sealed by the first pepper.${lost} Keep the old one until REFRESH_TOKEN_MAX_DAYS have passed.`
}
