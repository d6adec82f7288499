import { contractLaws } from './contract.js'
import { openDirect } from './direct.js'

contractLaws('engine.answer', openDirect)
