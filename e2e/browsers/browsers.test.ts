// The three engines, each with several tabs on the real server, held to the same laws.
import { describe } from 'vitest'
import { holdBodyLaws } from './body-laws.js'
import { chromium } from './chromium.js'
import { holdDegradedLaws } from './degraded-laws.js'
import { firefox } from './firefox.js'
import { holdHistoryLaws } from './history-laws.js'
import { holdOfflineLaws } from './offline-laws.js'
import { holdSecrecyLaws } from './secrecy-laws.js'
import { layGround, raiseStage } from './stage.js'
import { holdTabLaws } from './tab-laws.js'
import { webkit } from './webkit.js'

const ground = layGround()

describe.each([chromium, firefox, webkit])('$name', (engine) => {
  const stage = raiseStage(engine, ground)
  holdTabLaws(stage)
  holdDegradedLaws(stage)
  holdHistoryLaws(stage)
  holdSecrecyLaws(stage)
  holdBodyLaws(stage)
  if (engine.canGoOffline) holdOfflineLaws(stage)
})
