#!/usr/bin/env node
import { run } from './run.js'

const { output, errors, exitCode } = await run(process.argv.slice(2))
process.stderr.write(errors)
// What an application leaves open, such as a timer, must not keep the process; all that is printed must be out before.
process.stdout.write(output, () => process.exit(exitCode))
