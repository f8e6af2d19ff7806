import { DeleteResult, type UpdateResult } from 'typeorm'
import { v7 } from 'uuid'
import type { WriteContext } from '../../model/rule-context.js'
import { type Deleted, deleteRelated, isReferred } from '../deletion/delete-related.js'
import { lockDeletion } from '../deletion/lock-related.js'
import { confirmLinks, type Happening } from '../events/announcement.js'
import type { DeletionResult } from './deletion-result.js'
import { chunks, longestList } from './groups.js'
import { rowsOf } from './read-rows.js'
import { keepsRows, remove } from './remove.js'
import { currentSave } from './save.js'
import { keysOfRows } from './stored-rows.js'
import { inCallOfMany } from './transactions.js'
import { update } from './update.js'
import { deleteLike, internalsOf, markRuled, type Run, type Target, targetOf, type WriteBuilder } from './write.js'
import { newContext } from './write-context.js'

/** Carries out a DELETE under the delete rules of its entity: an update where they set something. */
export async function executeDelete(
  builder: WriteBuilder,
  run: Run<DeleteResult>,
): Promise<DeleteResult | DeletionResult> {
  const target = targetOf(builder)
  if (!target) return runAlone(builder, run)
  const context = (builder.guard.persistence ? currentSave()?.context : undefined) ?? newContext(builder.dataSource)
  const deletion = { ...target, builder, context, event: { kind: 'delete' } }
  const { operation } = context
  if (!isReferred(builder, target, !keepsRows(target.model))) {
    const result = await deleteRows(deletion, run)
    return Object.assign(result, { operation, byEntity: { [target.model.name]: result.affected ?? 0 } })
  }
  const { result, byEntity } = await inCallOfMany(builder, context, () => deleteFamily(deletion))
  return Object.assign(result, { operation, byEntity })
}

interface Deletion extends Target {
  readonly builder: WriteBuilder
  readonly context: WriteContext
  readonly event: Happening
  /** Statements that name further rows, which are to be written with those of the builder. */
  readonly more?: readonly WriteBuilder[]
}

/** Rows that belong to no model, such as those of a junction table. */
async function runAlone(builder: WriteBuilder, run: Run<DeleteResult>): Promise<DeleteResult> {
  const result = await run()
  confirmLinks(builder, v7())
  return result
}

/** Deletes rows and, by the policies of relations, those that refer to them. */
async function deleteFamily({ builder, ...deletion }: Deletion): Promise<Deleted<DeleteResult>> {
  const { dataSource } = builder
  const runner = internalsOf(builder).queryRunner ?? dataSource.createQueryRunner()
  await lockDeletion({ ...deletion, builder, runner, hard: false })
  const rows = await rowsOf(builder, deletion)
  if (rows.length === 0) return { result: Object.assign(new DeleteResult(), { raw: [], affected: 0 }), byEntity: {} }
  return deleteRelated({ ...deletion, builder, rows, hard: false }, async (chunk) => {
    // Rows that have come meanwhile are not deleted, because nobody knows what refers to them.
    const [statement, ...more] = chunks(chunk, longestList).map(
      (part) =>
        deleteLike(builder, deletion).whereInIds(keysOfRows(deletion.metadata, part)) as unknown as WriteBuilder,
    )
    const own = { ...deletion, builder: statement!, more }
    return deleteRows(own, () => statement!.execute() as Promise<DeleteResult>)
  })
}

async function deleteRows({ builder, more = [], ...target }: Deletion, run: Run<DeleteResult>): Promise<DeleteResult> {
  const { rules } = target.model
  if (!keepsRows(target.model)) return remove({ ...target, builder, rules: rules.delete }, run)
  const statement = asUpdate(builder, target)
  const builders = [statement, ...more.map((other) => asUpdate(other, target))]
  const write = {
    ...target,
    builder: statement,
    ...(more.length > 0 && { builders }),
    rules: [...rules.update, ...rules.delete],
    given: {},
    values: {},
  }
  const result = await update(write, () => markRuled(statement).execute() as Promise<UpdateResult>)
  return Object.assign(new DeleteResult(), { raw: result.raw, affected: result.affected })
}

/** The builder as one of an UPDATE with the same condition. */
function asUpdate(builder: WriteBuilder, { metadata }: Target): WriteBuilder {
  const { queryType, mainAlias } = builder.expressionMap
  const statement = builder.update(metadata.target) as unknown as WriteBuilder
  Object.assign(builder.expressionMap, { queryType, mainAlias })
  return Object.assign(statement, { criteria: builder.criteria })
}
