import type { EntityRow } from '../../orm/entity-row.js'
import { rowsOf } from '../../orm/relations/related.js'
import { noteWritten } from '../../orm/writes/call-rows.js'
import type { CompiledNested, CompiledSerializer } from '../../serializer/compiled-serializer.js'
import { forbiddenFields } from '../../serializer/forbidden-fields.js'
import { refuseFields } from '../pipeline/permit-fields.js'
import { type Children, type Known, knownChildren } from './known-children.js'
import { permitRelated } from './permit-related.js'
import { type Deeper, insertRow, type Part, type RelatedWrites, touchOwner } from './related-writes.js'
import { unknownKeys } from './unknown-keys.js'

/** The rows that are written of one owner, which is there. */
interface OwnedChildren extends Children {
  readonly row: EntityRow
  /** Where they stand in the body. */
  readonly at: readonly string[]
}

/**
 * Writes the rows of one owner: those with a key are changed, the others made; where they are replaced, those that are
 * not listed are deleted. A key counts within the owner only.
 * @throws {ValidationError} for a key of no row of the owner.
 */
export async function writeChildren(
  writes: RelatedWrites,
  nested: CompiledNested,
  children: OwnedChildren,
  deeper: Deeper,
): Promise<void> {
  const { dataSource, call } = writes
  const { serializer, write } = nested
  const repository = rowsOf(dataSource, serializer.description.entity)
  const key = serializer.description.primary[0]!.name
  const { present, known, fresh, errors } = await knownChildren(writes, nested, children)
  if (errors.length > 0) throw unknownKeys(errors)
  const kept = new Set(known.map(({ row }) => row))
  const gone = write === 'replace' ? present.filter((row) => !kept.has(row)) : []
  const changed = known.filter(({ values }) => Object.keys(values).length > 0)
  const removed = gone.map((row) => ({ at: children.at, row, id: row[key] as string | number }))
  await permitRelated(call, nested, 'create', fresh)
  await permitRelated(call, nested, 'change', changed)
  await permitRelated(call, nested, 'remove', removed)
  for (const part of [...known, ...fresh]) {
    refuseFields(call, await forbiddenFields(serializer, call, part, part.at))
  }
  if (changed.length + fresh.length + removed.length > 0) await touchOwner(writes, children.serializer, children.row)
  if (removed.length > 0) await repository.delete(removed.map(({ id }) => id))
  await changeChildren(writes, serializer, known, deeper)
  await makeChildren(writes, nested, { ...children, deeper }, fresh)
}

async function changeChildren(
  writes: RelatedWrites,
  serializer: CompiledSerializer,
  known: readonly Known[],
  deeper: Deeper,
): Promise<void> {
  const repository = rowsOf(writes.dataSource, serializer.description.entity)
  const own = await deeper.ownValues(writes, serializer, known)
  for (const [index, part] of known.entries()) {
    const values = own[index]!
    if (Object.keys(values).length > 0) {
      await repository.update(repository.metadata.getEntityIdMap(part.row) as object, values)
      noteWritten(repository.metadata, [part.row])
    }
    await deeper.writeRelated(writes, serializer, part.row, part)
  }
}

async function makeChildren(
  writes: RelatedWrites,
  { relation, serializer }: CompiledNested,
  { serializer: owner, row, deeper }: OwnedChildren & { readonly deeper: Deeper },
  fresh: readonly Part[],
): Promise<void> {
  const { inverseKey, inverse = '', referredTo: key = primaryOf(owner) } = relation
  const link =
    inverseKey === undefined ? { [inverse]: { [key]: row[key] as unknown } } : { [inverseKey]: row[key] as unknown }
  const own = await deeper.ownValues(writes, serializer, fresh)
  for (const [index, part] of fresh.entries()) {
    const made = await insertRow(writes, serializer, { ...own[index], ...link })
    await deeper.writeRelated(writes, serializer, made, part)
  }
}

const primaryOf = ({ description }: CompiledSerializer): string => description.primary[0]!.name
