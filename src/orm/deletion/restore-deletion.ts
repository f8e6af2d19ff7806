import { NotFoundError } from '../../errors/exceptions.js'
import { validateUuid } from '../../helpers/uuid.js'
import type { RowData } from '../../model/matches.js'
import { eq } from '../../model/predicate.js'
import type { Receipt } from '../../model/verb.js'
import type { ModelDataSource } from '../data-source.js'
import { retriesWithLocks } from '../unit-of-work/retry.js'
import { checkedInput } from '../writes/verb-input.js'
import type { WriteBuilder } from '../writes/write.js'
import { newContext } from '../writes/write-context.js'
import { namingClashes } from './clashes.js'
import { assertParentsShown, type Followed, type NamedVerb, type WrittenRows, writePart } from './follow.js'
import { parentsFirst } from './parents-first.js'
import { rowsWhere } from './related-rows.js'
import { relink } from './relink.js'

/** Rows of one entity that record a call, and the verb that undoes it for them. */
type Recorded = WrittenRows & NamedVerb

/**
 * Undoes one call of a delete as a whole, whatever entities it reached: every row that records it comes back by its own
 * verb, and links that it took away are put back. What has come back already, was removed for good, or was deleted by
 * another call, stays as it is.
 * @param operation that of the delete, as its result names it and rows record it.
 * @throws {NotFoundError} where nothing records such a call.
 * @throws {ConflictError} `PARENT_DELETED`, `DUPLICATE`; nothing has changed then.
 */
export async function restoreDeletion(dataSource: ModelDataSource, operation: string): Promise<Receipt> {
  if (!validateUuid(operation)) throw nothing()
  const call = operation.toLowerCase()
  const restore = () => dataSource.atomic(() => bringAllBack(dataSource, call), { retries: retriesWithLocks })
  const first = undoingVerbs(dataSource)[0]
  if (!first) throw nothing()
  const read = () => recorded(dataSource, call, false)
  return namingClashes({ dataSource, name: first.name, verb: first.verb, read }, restore)
}

async function bringAllBack(dataSource: ModelDataSource, call: string): Promise<Receipt> {
  const parts = await recorded(dataSource, call, true)
  if (parts.length === 0) throw nothing()
  const context = newContext(dataSource)
  const calls = parts.map((part) => ({ part, call: followedBy(dataSource, part, context.operation) }))
  for (const { part, call: followed } of calls) await writePart(followed, part)
  const relinked: Record<string, number> = {}
  for (const { part, call: followed } of calls) await assertParentsShown(followed, part)
  for (const { part, call: followed } of calls) await relink(followed, part, relinked)
  const byEntity: Record<string, number> = {}
  for (const { model, rows } of parts) byEntity[model.name] = (byEntity[model.name] ?? 0) + rows.length
  const affected = parts.reduce((sum, { rows }) => sum + rows.length, 0)
  return Object.freeze({
    operation: context.operation,
    affected,
    byEntity: Object.freeze(byEntity),
    ...(Object.keys(relinked).length > 0 && { relinked: Object.freeze(relinked) }),
  })
}

function followedBy(dataSource: ModelDataSource, { name, verb, model }: Recorded, operation: string): Followed {
  const context = newContext(dataSource, checkedInput(verb.input, {}), operation)
  const builder = dataSource.createQueryBuilder().update<object>(model.entity)
  return { name, verb, context, builder: builder as unknown as WriteBuilder, runner: dataSource.createQueryRunner() }
}

/** The rows that record a call, those that others belong to first. */
async function recorded(dataSource: ModelDataSource, call: string, locked: boolean): Promise<readonly Recorded[]> {
  const runner = dataSource.createQueryRunner()
  const found: Recorded[] = []
  try {
    for (const undoing of undoingVerbs(dataSource)) {
      const rows: readonly RowData[] = await rowsWhere(
        { dataSource, runner, locked },
        undoing,
        eq(undoing.verb.undoes!, call),
      )
      if (rows.length > 0) found.push({ ...undoing, rows })
    }
  } finally {
    await runner.release()
  }
  return found
}

/** The verbs that undo calls; in a shared table those of the entity above see the rows of all. */
function undoingVerbs(dataSource: ModelDataSource): readonly Omit<Recorded, 'rows'>[] {
  return parentsFirst(dataSource).flatMap(({ model, metadata }) => {
    const above =
      metadata.tableType === 'entity-child' ? dataSource.modelOf(metadata.parentEntityMetadata.target) : undefined
    return Object.entries(model.verbs)
      .filter(([name, { undoes }]) => undoes !== undefined && above?.verbs[name]?.undoes !== undoes)
      .map(([name, verb]) => ({ model, metadata, name, verb }))
  })
}

const nothing = (): NotFoundError => new NotFoundError('There is no such deletion.')
