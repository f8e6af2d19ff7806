import { cachingComparison } from './caching.js'
import { report } from './compare.js'
import { deletingComparison, restoringComparison } from './deleting.js'
import { importReport } from './importing.js'
import { memoryLimitComparison, redisLimitComparison } from './limits.js'
import { listComparison } from './lists.js'
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
  memoryLimitComparison,
  redisLimitComparison,
  () => listComparison('sqlite'),
  () => listComparison('postgres'),
]
for (const comparison of comparisons) {
  const compared = await comparison()
  if (compared) process.stdout.write(`${report(compared)}\n\n`)
}

process.stdout.write(`${await slugReport()}\n\n`)
process.stdout.write(`${await importReport()}\n\n`)

// Shows how time grows with the length of hostile texts, and fails where it grows faster than the length.
await import('./text-growth.js')
