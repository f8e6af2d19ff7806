import type { ObjectLiteral } from 'typeorm'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'

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

const countsOf = ({ dataSource }: ScopedSelectQueryBuilder<ObjectLiteral>) => dataSource.createQueryBuilder()

/** The rows without their values and their order. */
function bare(builder: ScopedSelectQueryBuilder<ObjectLiteral>): ScopedSelectQueryBuilder<ObjectLiteral> {
  const rows = builder.clone().orderBy()
  rows.select('1', 'one')
  rows.skip(undefined).take(undefined).limit(undefined).offset(undefined)
  return rows
}
