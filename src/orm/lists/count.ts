import type { ObjectLiteral } from 'typeorm'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import { listEngineOf } from './engines/engines.js'

/** How many rows a query has, counted no further than a number. */
export async function countUpTo(builder: ScopedSelectQueryBuilder<ObjectLiteral>, most: number): Promise<number> {
  const some = bare(builder).limit(most)
  const counted = await countsOf(builder)
    .select('COUNT(*)', 'counted')
    .from(`(${some.getQuery()})`, 'some_rows')
    .setParameters(some.getParameters())
    .getRawOne<{ readonly counted: string | number }>()
  return Number(counted?.counted ?? 0)
}

/** How many rows the planner of the engine expects, by its statistics; undefined where it keeps none. */
export async function estimatedCount(builder: ScopedSelectQueryBuilder<ObjectLiteral>): Promise<number | undefined> {
  const dataSource = builder.dataSource
  const { explain, expectedRows } = listEngineOf(dataSource)
  if (!explain || !expectedRows) return undefined
  const [sql, parameters] = bare(builder).getQueryAndParameters()
  return expectedRows(await dataSource.query(`${explain} ${sql}`, parameters))
}

const countsOf = ({ dataSource }: ScopedSelectQueryBuilder<ObjectLiteral>) => dataSource.createQueryBuilder()

/** The rows without their values and their order. */
function bare(builder: ScopedSelectQueryBuilder<ObjectLiteral>): ScopedSelectQueryBuilder<ObjectLiteral> {
  const rows = builder.clone().orderBy()
  rows.select('1', 'one')
  rows.skip(undefined).take(undefined).limit(undefined).offset(undefined)
  return rows
}
