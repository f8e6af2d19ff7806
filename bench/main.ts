import { report } from './compare.js'
import { movingComparison } from './ordering.js'
import { servingComparison } from './serving.js'
import { slugReport } from './slugs.js'
import { importComparison, readingComparison, unitComparison } from './storing.js'

/** Compares plinth with what it stands on, by processor time, in interleaved rounds on an embedded database. */
for (const comparison of [readingComparison, unitComparison, importComparison, movingComparison, servingComparison]) {
  process.stdout.write(`${report(await comparison())}\n\n`)
}

process.stdout.write(`${await slugReport()}\n\n`)

// Shows how time grows with the length of hostile texts, and fails where it grows faster than the length.
await import('./text-growth.js')
