import { NotFoundError } from '../../errors/exceptions.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { Id } from '../../model/verb.js'
import type { ModelDataSource } from '../data-source.js'
import type { EntityRow } from '../entity-row.js'
import type { ScopedRepository } from '../model-repository.js'
import { soleKey } from '../sole-key.js'
import { keepsRows } from '../writes/remove.js'
import { rowOf } from '../writes/stored-rows.js'
import { DeletionPlan, type Restriction } from './deletion-plan.js'

type Counts = Readonly<Record<string, number>>

/** What a delete would do, by the names of entities. */
export interface DeletionPreview {
  /** Rows that would be hidden by delete rules. */
  readonly hidden: Counts
  /** Rows that would be removed from their tables. */
  readonly removed: Counts
  /** Rows that would stay and lose the link. */
  readonly detached: Counts
  /** Rows because of which the delete would be refused. */
  readonly restrictedBy: readonly Restriction[]
}

/**
 * Says what `delete(id)` would do to a row and to all that refer to it, without writing or locking anything. What the
 * delete rules of the entities would say of each row is not asked.
 * @throws {NotFoundError} where there is no such row, or it is hidden.
 */
export async function explainDelete<E extends EntityRow>(
  dataSource: ModelDataSource,
  entity: AnyClass<E>,
  id: Id,
): Promise<DeletionPreview> {
  const repository = dataSource.getRepository(entity) as unknown as ScopedRepository<E>
  const { metadata, model } = repository
  const row = soleKey(metadata, id) === undefined ? null : await repository.findById(id)
  if (!row) throw new NotFoundError(`There is no such ${model.name}.`)
  const runner = dataSource.createQueryRunner()
  try {
    const root = { model, metadata, rows: [rowOf(metadata, row)] }
    const plan = await DeletionPlan.of({ dataSource, runner, locked: false }, { ...root, hard: false })
    const deletions = [{ ...root, removed: !keepsRows(model) }, ...plan.deletions]
    return Object.freeze({
      hidden: counted(deletions.filter(({ removed }) => !removed)),
      removed: counted(deletions.filter(({ removed }) => removed)),
      detached: counted(plan.detachments),
      restrictedBy: plan.restrictions,
    })
  } finally {
    await runner.release()
  }
}

function counted(parts: readonly Part[]): Counts {
  const counts: Record<string, number> = {}
  for (const { model, rows } of parts) {
    if (rows.length > 0) counts[model.name] = (counts[model.name] ?? 0) + rows.length
  }
  return Object.freeze(counts)
}

interface Part {
  readonly model: { readonly name: string }
  readonly rows: readonly unknown[]
}
