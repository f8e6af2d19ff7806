import { cachedValueComparison, cachingComparison } from './caching.js'
import { type Comparison, report } from './compare.js'
import { compilingComparison } from './compiling.js'
import { cursorComparison } from './cursors.js'
import { deletingComparison, restoringComparison } from './deleting.js'
import { importReport } from './importing.js'
import { memoryLimitComparison, redisLimitComparison } from './limits.js'
import { listComparison } from './lists.js'
import { movingComparison } from './ordering.js'
import { circumstances, keep, table } from './results.js'
import { servingComparison } from './serving.js'
import { slugReport } from './slugs.js'
import { importComparison, readingComparison, unitComparison } from './storing.js'
import { validatingComparison } from './validating.js'

/** Single parts of plinth beside what they stand on, by processor time, in interleaved rounds on an embedded database. */
const comparisons: readonly (() => Promise<Comparison | undefined>)[] = [
  compilingComparison,
  servingComparison,
  validatingComparison,
  readingComparison,
  cursorComparison,
  unitComparison,
  movingComparison,
  () => movingComparison('postgres'),
  deletingComparison,
  () => deletingComparison('postgres'),
  restoringComparison,
  () => restoringComparison('postgres'),
  cachingComparison,
  cachedValueComparison,
  memoryLimitComparison,
  redisLimitComparison,
  () => listComparison('sqlite'),
  () => listComparison('postgres'),
]

/** Those that take a minute or more. */
const slow: typeof comparisons = [importComparison]

/** Runs the comparisons of single parts and keeps them in one page; with `long`, also those that take a minute each. */
export async function microSection({ long }: { readonly long: boolean }): Promise<void> {
  const parts: string[] = []
  for (const comparison of long ? [...comparisons, ...slow] : comparisons) {
    const compared = await comparison()
    if (!compared) continue
    process.stdout.write(`${report(compared)}\n\n`)
    parts.push(pageOf(compared))
  }
  await keep('micro.md', `# Single parts\n\n${circumstances()}. Processor time; medians.\n\n${parts.join('\n\n')}\n`)
  if (!long) return
  process.stdout.write(`${await slugReport()}\n\n`)
  process.stdout.write(`${await importReport()}\n\n`)
  // Shows how time grows with the length of hostile texts, and fails where it grows faster than the length.
  await import('./text-growth.js')
}

function pageOf({ title, contestants }: Comparison): string {
  const rows = contestants.map(({ name, microseconds, ratio }) => [name, microseconds.toFixed(1), ratio.toFixed(2)])
  return `## ${title}\n\n${table(['', 'us', 'ratio'], rows)}`
}
