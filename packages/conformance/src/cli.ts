#!/usr/bin/env node
// `npx @latchkey/conformance <url> --profile <name>`; its secret is nothing: it hands the process to the command.
import { runCommand } from './command.js'

process.exitCode = await runCommand(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  isTerminal: process.stdout.isTTY,
})
