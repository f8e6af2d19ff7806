import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import { DriverUtils } from 'typeorm/driver/DriverUtils.js'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { KeyedRelation } from './mark-hidden.js'

interface OrderColumn {
  readonly alias: string
  readonly column: ColumnMetadata
}

/**
 * Selects what a page of joined rows is found by: its primary key, and what it is ordered by. TypeORM finds such a page
 * by a query around the query, which knows only the columns that were selected; with some left out it fails. Selected
 * as expressions they are of no entity, so nothing appears on rows that was not asked for.
 */
export function selectOrder(builder: SelectQueryBuilder<ObjectLiteral>): void {
  const { expressionMap } = builder
  const { skip, take, joinAttributes } = expressionMap
  if (!(skip || take) || joinAttributes.length === 0) return
  add(builder, neededColumns(expressionMap))
}

/** Selects the keys that tell hidden rows from absent ones, where only some columns were selected. */
export function selectKeys(builder: SelectQueryBuilder<ObjectLiteral>, relations: readonly KeyedRelation[]): void {
  const needed = relations.flatMap(({ alias, relation }) =>
    [...relation.entityMetadata.primaryColumns, ...relation.joinColumns].map((column) => ({ alias, column })),
  )
  add(builder, needed)
}

function add(builder: SelectQueryBuilder<ObjectLiteral>, columns: readonly OrderColumn[]) {
  const { dataSource, expressionMap } = builder
  const { selects } = expressionMap
  const selected = new Set(selects.map(({ selection }) => selection))
  for (const { alias, column } of columns) {
    const selection = `${builder.escape(alias)}.${builder.escape(column.databaseName)}`
    if ([alias, `${alias}.${column.propertyPath}`, selection].some((name) => selected.has(name))) continue
    const aliasName = DriverUtils.buildAlias(dataSource.driver, undefined, alias, column.databaseName)
    selects.push({ selection, aliasName })
    selected.add(selection)
  }
}

function neededColumns({ mainAlias, aliases, allOrderBys }: SelectQueryBuilder<ObjectLiteral>['expressionMap']) {
  const keys = mainAlias?.hasMetadata ? mainAlias.metadata.primaryColumns : []
  const needed: OrderColumn[] = keys.map((column) => ({ alias: mainAlias?.name ?? '', column }))
  for (const key of Object.keys(allOrderBys)) {
    const [name, ...path] = key.split('.')
    const alias = aliases.find((alias) => alias.name === name && alias.hasMetadata)
    const column = alias?.metadata.findColumnWithPropertyPath(path.join('.'))
    if (alias && column) needed.push({ alias: alias.name, column })
  }
  return needed
}
