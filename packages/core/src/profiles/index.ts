// Profiles of backends other than Latchkey's own live here, one a file; the default is beside them for those who choose.
export { latchkey, type LatchkeyUser } from '../index.js'
