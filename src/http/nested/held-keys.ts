import type { RelationDescription } from '../../model/entity-description.js'
import { rowsOf } from '../../orm/relations/related.js'
import type { CompiledNested, CompiledSerializer } from '../../serializer/compiled-serializer.js'
import { keyText, type RelatedWrites } from './related-writes.js'

/** What rows hold that refer to others, of the primary keys of those: another value where the relation is by another column. */
export async function heldKeys(
  { dataSource }: RelatedWrites,
  { relation, serializer }: CompiledNested,
  keys: readonly unknown[],
): Promise<readonly unknown[]> {
  const primary = serializer.description.primary[0]!.name
  const held = referredTo(relation, serializer)
  const asked = [...new Set(keys.filter((key) => key !== null && key !== undefined))]
  if (held === primary || asked.length === 0) return keys
  // Whether the call may see them is known; they are locked until the unit ends.
  const builder = rowsOf(dataSource, relation.entity).unscoped().createQueryBuilder('other')
  builder.select([`other.${primary}`, `other.${held}`]).where(`other.${primary} IN (:...asked)`, { asked })
  const rows = await builder.getMany()
  const values = new Map(rows.map((row) => [keyText(row[primary]), row[held]]))
  return keys.map((key) => (key === null || key === undefined ? key : values.get(keyText(key))))
}

/** The property of the related entity whose values rows hold that refer to it. */
export const referredTo = ({ referredTo: named }: RelationDescription, { description }: CompiledSerializer): string =>
  named ?? description.primary[0]!.name
