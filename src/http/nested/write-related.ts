import type { EntityRow } from '../../orm/entity-row.js'
import { lockedRows } from '../../orm/relations/locked-rows.js'
import { rowsOf } from '../../orm/relations/related.js'
import type { CompiledNested, CompiledSerializer } from '../../serializer/compiled-serializer.js'
import { forbiddenFields } from '../../serializer/forbidden-fields.js'
import { refuseFields } from '../pipeline/permit-fields.js'
import { heldKeys, referredTo } from './held-keys.js'
import { linkedKeys } from './linked-keys.js'
import { permitRelated } from './permit-related.js'
import { type Item, insertRow, type Part, type RelatedWrites, visibleKeys } from './related-writes.js'
import { writeChildren } from './write-children.js'
import { writeLinks } from './write-links.js'

/** The relations that are written with the rows of a serializer. */
export function writtenRelations({ nested }: CompiledSerializer): readonly CompiledNested[] {
  return [...nested.values()].filter(({ write }) => write !== 'none')
}

/**
 * The values of rows themselves: rows they refer to are found, or made first.
 * @throws {ValidationError} where a row is referred to that the call may not see.
 */
export async function ownValues(
  writes: RelatedWrites,
  serializer: CompiledSerializer,
  parts: readonly Part[],
): Promise<Record<string, unknown>[]> {
  const relations = writtenRelations(serializer)
  const own = parts.map(({ values }) => {
    return Object.fromEntries(
      Object.entries(values).filter(([name]) => !relations.some((nested) => nested.name === name)),
    )
  })
  for (const nested of relations.filter(({ relation }) => relation.link === 'own')) {
    const given = parts.map(({ values, at }) => ({ value: values[nested.name], at: [...at, nested.name] }))
    const { entity } = serializer.description
    const linked = () => linkedKeys(writes, nested, entity, parts)
    const keys =
      nested.write === 'id'
        ? await visibleKeys(writes, nested, { entity, items: given, linked })
        : await createdKeys(writes, nested, given)
    const held = await heldKeys(writes, nested, keys)
    for (const [index, key] of held.entries()) if (key !== undefined) refer(own[index]!, nested, key)
  }
  return own
}

/** Writes what belongs to rows that are there now. */
export async function writeRelated(
  writes: RelatedWrites,
  serializer: CompiledSerializer,
  row: EntityRow,
  { values, at }: Part,
): Promise<void> {
  const relations = writtenRelations(serializer).filter(({ name, relation }) => relation.link !== 'own' && values[name])
  if (relations.length === 0) return
  // Whoever writes what belongs to the same row waits here, so that nobody works on what another is replacing.
  const { entity } = serializer.description
  const builder = rowsOf(writes.dataSource, entity).unscoped().createQueryBuilder('owner')
  await lockedRows(writes.dataSource, builder.whereInIds([row]), 'change')
  for (const nested of relations) {
    const items = values[nested.name] as readonly unknown[]
    const below = items.map((item, index) => ({ value: item, at: [...at, nested.name, String(index)] }))
    if (nested.relation.link === 'table') await writeLinks(writes, nested, { serializer, row, items: below })
    else
      await writeChildren(
        writes,
        nested,
        { serializer, row, items: below, at: [...at, nested.name] },
        { ownValues, writeRelated },
      )
  }
}

async function createdKeys(
  writes: RelatedWrites,
  nested: CompiledNested,
  given: readonly Item[],
): Promise<readonly unknown[]> {
  const keys: unknown[] = []
  for (const { value, at } of given) {
    if (value === null || value === undefined) keys.push(value)
    else {
      const { serializer } = nested
      const values = value as Part['values']
      await permitRelated(writes.call, nested, 'create', [{ at }])
      refuseFields(writes.call, await forbiddenFields(serializer, writes.call, { values }, at))
      const [own] = await ownValues(writes, serializer, [{ values, at }])
      const row = await insertRow(writes, serializer, own!)
      await writeRelated(writes, serializer, row, { values, at })
      keys.push(row[serializer.description.primary[0]!.name])
    }
  }
  return keys
}

function refer(values: Record<string, unknown>, { name, relation, serializer }: CompiledNested, key: unknown): void {
  if (relation.keyProperty !== undefined) values[relation.keyProperty] = key
  else values[name] = key === null ? null : { [referredTo(relation, serializer)]: key }
}
