import { bodyModeLaws } from './body-laws.js'
import { contractLaws } from './contract.js'
import { cookieOnlyLaws } from './cookie-only-laws.js'
import { openDirect } from './direct.js'

contractLaws('engine.answer', () => openDirect())
bodyModeLaws('engine.answer', () => openDirect('body'))
cookieOnlyLaws('engine.answer', () => openDirect('cookie-only'))
