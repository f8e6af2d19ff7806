import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Contender } from '../contenders/contender.js'
import type { Databases } from '../contenders/databases.js'
import type { Scenario } from '../contenders/scenarios.js'
import type { Counted } from './counted.js'

const run = promisify(execFile)
const program = fileURLToPath(new URL('./counted.js', import.meta.url))

/** The version of valgrind; undefined where it is not installed. */
export async function valgrindVersion(): Promise<string | undefined> {
  const { stdout } = await run('valgrind', ['--version']).catch(() => ({ stdout: undefined }))
  return stdout?.trim()
}

interface Amounts {
  /** How many requests are not counted because they make the process warm. */
  readonly warming: number
  readonly counted: number
}

/**
 * The instructions of one request: those of a process that answers some after it has become warm, without those of one
 * that ends there.
 */
export async function instructionsOf(
  contender: Contender,
  scenario: Scenario,
  databases: Databases,
  { warming, counted }: Amounts,
): Promise<number> {
  const prepared = warming + counted
  const [before, all] = await Promise.all(
    [warming, prepared].map((sent) =>
      count(contender, databases, { contender: contender.name, scenario, prepared, sent }),
    ),
  )
  return (all! - before!) / counted
}

/** One thread, so that what is compiled and collected beside the requests happens at the same places each time. */
const measured = ['--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null', '--smc-check=all-non-file']

async function count({ variant }: Contender, databases: Databases, what: Counted): Promise<number> {
  const place = await databases.make()
  const told = JSON.stringify({ ...what, place, variant })
  const { stderr } = await run('valgrind', [...measured, process.execPath, '--single-threaded', program, told], {
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const [, digits] = /I\s+refs:\s+([\d,]+)/.exec(stderr) ?? []
  if (digits === undefined) throw new Error(`valgrind counted nothing: ${stderr}`)
  return Number(digits.replaceAll(',', ''))
}
