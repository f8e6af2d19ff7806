import type { ObjectLiteral, QueryRunner } from 'typeorm'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { ModelDataSource } from '../data-source.js'

/** The key by which a row that its caller holds refers to another, as it is stored; undefined where it refers to none. */
export async function heldKey(
  dataSource: ModelDataSource,
  { entityMetadata, joinColumns }: RelationMetadata,
  owner: ObjectLiteral,
  runner: QueryRunner | undefined,
): Promise<unknown> {
  const { driver } = dataSource
  const query = dataSource.createQueryBuilder(entityMetadata.target, 'owner', runner)
  query.select([])
  query.guard = query.guard.holding({ metadata: entityMetadata, role: 'listed' })
  for (const [index, { databaseName }] of joinColumns.entries()) {
    query.addSelect(`${driver.escape('owner')}.${driver.escape(databaseName)}`, `key${index}`)
  }
  const row = await query.whereInIds(owner).getRawOne<ObjectLiteral>()
  const values = joinColumns.map((column, index): unknown => {
    const value: unknown = row?.[`key${index}`]
    return driver.prepareHydratedValue(value, column.referencedColumn ?? column) ?? null
  })
  if (values.includes(null)) return undefined
  return values.length === 1 ? values[0] : values
}
