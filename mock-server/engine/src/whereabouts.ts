// The parts of the engine as one call sees them. Its secret: whatever is told on the way says where the call came from.
import { createChangeAccount } from './change-account.js'
import { deviceName } from './device-name.js'
import { createEndings } from './endings.js'
import type { Tell } from './event.js'
import { createFederation } from './federation.js'
import type { Call } from './route.js'
import type { Parts } from './visit.js'

/** The same parts; their events carry the caller's address and device, where whoever tells does not say otherwise. */
export function seenFrom(call: Call, parts: Parts): Parts {
  const { store, denylist, passwords, clock, postbox } = parts
  const tell: Tell = (type, accountId, sid = null, about = {}) =>
    parts.tell(type, accountId, sid, { ip: call.ip, device: deviceIn(call.headers), ...about })
  const endings = createEndings(store, denylist, tell)
  return {
    ...parts,
    tell,
    endings,
    changeAccount: createChangeAccount(store, { denylist, endings, tell }),
    federation: createFederation({ store, passwords, clock, postbox, tell }),
  }
}

const deviceIn = (headers: Call['headers']): string | null =>
  deviceName(headers['user-agent']?.slice(0, 256).trim() ?? null)
