import { contractLaws } from './contract.js'
import { openMsw } from './msw.js'

contractLaws('MSW in Node', openMsw)
