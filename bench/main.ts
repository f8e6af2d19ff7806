import { cachingComparison } from './caching.js'
import { report } from './compare.js'
import { deletingComparison, restoringComparison } from './deleting.js'
import { movingComparison } from './ordering.js'
import { servingComparison } from './serving.js'
import { slugReport } from './slugs.js'
import { atlasComparison, importComparison, readingComparison, unitComparison } from './storing.js'

/** Compares plinth with what it stands on, by processor time, in interleaved rounds on an embedded database. */
const comparisons = [
  readingComparison,
  unitComparison,
  importComparison,
  atlasComparison,
  movingComparison,
  deletingComparison,
  restoringComparison,
  servingComparison,
  cachingComparison,
]
for (const comparison of comparisons) {
  process.stdout.write(`${report(await comparison())}\n\n`)
}

process.stdout.write(`${await slugReport()}\n\n`)

// Shows how time grows with the length of hostile texts, and fails where it grows faster than the length.
await import('./text-growth.js')
