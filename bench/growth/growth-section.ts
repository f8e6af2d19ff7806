import { postgresDatabases, sqliteDatabases } from '../contenders/databases.js'
import { linePlot } from '../plots.js'
import { circumstances, keep, table } from '../results.js'
import type { Growth } from './growth.js'
import { listGrowth } from './list-growth.js'
import { pageGrowth } from './page-growth.js'
import { slugGrowth } from './slug-growth.js'
import { viewSetGrowth } from './viewset-growth.js'

/**
 * Shows how costs grow with rows, viewsets, lists and equal slugs, on SQLite, and on PostgreSQL where there is one; keeps
 * tables and plots. With `long`, more rounds.
 */
export async function growthSection({ long }: { readonly long: boolean }): Promise<void> {
  const rounds = long ? 21 : 9
  await keepGrowths('viewsets', 'How costs grow with viewsets', await viewSetGrowth([10, 100, 500], long ? 7 : 3))
  await keepGrowths('sqlite', 'How costs grow, on SQLite', await growthsOn('sqlite', rounds))
  try {
    await keepGrowths('postgres', 'How costs grow, on PostgreSQL', await growthsOn('postgres', rounds))
  } catch (error) {
    process.stdout.write(`PostgreSQL is left out: ${(error as Error).message}\n`)
  }
}

async function growthsOn(engine: 'sqlite' | 'postgres', rounds: number): Promise<readonly Growth[]> {
  const databasesOf = engine === 'sqlite' ? sqliteDatabases : postgresDatabases
  const growths = [
    await pageGrowth([1000, 10_000, 100_000, 1_000_000], databasesOf, rounds),
    await listGrowth(engine, [100, 1000, 10_000, 100_000], Math.ceil(rounds / 2)),
    await slugGrowth(engine, [10, 100, 1000, 10_000], rounds),
  ]
  return growths.filter((growth) => growth !== undefined)
}

async function keepGrowths(file: string, title: string, growths: readonly Growth[]): Promise<void> {
  const how = file === 'postgres' ? 'Time that passes' : 'Processor time'
  const parts = growths.map(partOf)
  const head = `# ${title}\n\n${circumstances()}. ${how}, in turns; lower quartiles.`
  await keep(`growth-${file}.md`, `${head}\n\n${parts.join('\n\n')}\n`)
  for (const [index, { name, unit, sizes, series }] of growths.entries()) {
    await keep(`growth-${file}-${index + 1}.svg`, linePlot(`${name} (${unit})`, sizes, series))
  }
}

function partOf({ name, unit, sizes, series, aims }: Growth): string {
  const rows = series.map(({ name, values }) => [name, ...values.map((value) => value?.toFixed(1) ?? '–')])
  const costs = table(['', ...sizes.map((size) => size.toLocaleString('en'))], rows)
  const wanted = aims.map(({ name, ratio, most }) => [name, ratio.toFixed(2), most.toFixed(2)])
  return `## ${name} (${unit})\n\n${costs}\n\n${table(['', 'times', 'at most'], wanted)}`
}
