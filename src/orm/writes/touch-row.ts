import type { EntityRow } from '../entity-row.js'
import type { ScopedRepository } from '../model-repository.js'
import { RowsBeside } from './rows-beside.js'
import type { WriteBuilder } from './write.js'
import { newContext } from './write-context.js'

/** Writes a row as an update of nothing would, and not where the running write has written it already. */
export async function touchRow({ manager, model, metadata }: ScopedRepository<EntityRow>, row: EntityRow) {
  const { dataSource } = manager
  const builder = dataSource.createQueryBuilder().update(metadata.target) as unknown as WriteBuilder
  await new RowsBeside({ builder, context: newContext(dataSource) }, metadata, model).touch([row])
}
