// Whether a session began on a device that its owner has not used before. Its secret: what makes two sessions one device.
import { deviceName } from './device-name.js'
import type { Tell } from './event.js'
import type { Postbox } from './postbox.js'
import type { Account, Family, Store } from './store.js'

/** Told of a session that has just begun. Waits for nothing and never fails: the reply is on its way (B21). */
export type Arrival = (account: Account, family: Family) => void

/** Tells and writes to the owner of an account that somebody signed in on a device of a new kind; the very first is no news. */
export function createArrival(store: Pick<Store, 'listFamilies'>, postbox: Postbox, tell: Tell): Arrival {
  return (account, family) =>
    postbox.newDevice(account, async () => {
      const earlier = (await store.listFamilies(account.id)).filter(({ id }) => id !== family.id)
      const isKnown = earlier.some(({ userAgent }) => kindOf(userAgent) === kindOf(family.userAgent))
      if (earlier.length === 0 || isKnown) return null
      const device = deviceName(family.userAgent)
      tell('new_device', account.id, family.id, {
        ip: family.ip,
        device,
        ...(device === null ? {} : { detail: device }),
      })
      return { device, ip: family.ip, at: family.createdAt }
    })
}

/** Versions change every month, and addresses every day: a browser on a system is what people call a device. */
const kindOf = (userAgent: string | null): string => deviceName(userAgent) ?? userAgent ?? ''
