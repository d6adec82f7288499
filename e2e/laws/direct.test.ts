import { bodyModeLaws } from './body-laws.js'
import { contractLaws } from './contract.js'
import { openDirect } from './direct.js'

contractLaws('engine.answer', () => openDirect())
bodyModeLaws('engine.answer', () => openDirect('body'))
