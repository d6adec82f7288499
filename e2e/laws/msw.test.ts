import { bodyModeLaws } from './body-laws.js'
import { contractLaws } from './contract.js'
import { cookieOnlyLaws } from './cookie-only-laws.js'
import { openMsw } from './msw.js'

contractLaws('MSW in Node', () => openMsw())
bodyModeLaws('MSW in Node', () => openMsw('body'))
cookieOnlyLaws('MSW in Node', () => openMsw('cookie-only'))
