import type { RowData } from '../../model/matches.js'
import type { ModelDataSource } from '../data-source.js'
import { keysOfRows } from '../writes/stored-rows.js'
import { internalsOf, type Target, type WriteBuilder } from '../writes/write.js'
import type { Seen } from './related-rows.js'

/** What a statement does, and which rows it sees; some default scopes may be named that it does not see. */
export interface StatementOptions {
  readonly kind: 'update' | 'delete'
  readonly seen: Seen
  readonly without?: readonly string[]
}

/** A statement, of the same unit as another, that writes rows of an entity by their primary keys. */
export function rowsStatement(
  root: WriteBuilder,
  { model, metadata }: Target,
  rows: readonly RowData[],
  { kind, seen, without }: StatementOptions,
): WriteBuilder {
  const removable = Object.keys(model.scopes).filter((name) => !model.scopes[name]?.locked)
  const hidden = seen === 'everything' ? removable : []
  const sight = { without: new Set(without ?? hidden), where: [] }
  const dataSource: ModelDataSource = root.dataSource
  const builder = dataSource.createQueryBuilder(internalsOf(root).queryRunner)
  builder.seeing(sight, metadata)
  const statement = kind === 'delete' ? builder.delete().from(metadata.target) : builder.update(metadata.target)
  return statement.whereInIds(keysOfRows(metadata, rows)) as unknown as WriteBuilder
}
