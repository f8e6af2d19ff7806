#!/usr/bin/env node
import { ownOutput } from './own-output.js'
import { run } from './run.js'

const print = ownOutput(process)
const { output, errors, exitCode } = await run(process.argv.slice(2))
process.stderr.write(errors)
// What an application leaves open, such as a timer, must not keep the process; all that is printed must be out before.
print(output, () => process.exit(exitCode))
