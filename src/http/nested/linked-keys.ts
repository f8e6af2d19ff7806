import type { AnyClass } from '../../metadata/fact-kind.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { loadRelated } from '../../orm/relations/load-related.js'
import { lockedRows } from '../../orm/relations/locked-rows.js'
import { rowsOf } from '../../orm/relations/related.js'
import type { CompiledNested } from '../../serializer/compiled-serializer.js'
import { keyText, type Part, type RelatedWrites } from './related-writes.js'

/** The keys of what rows refer to at the moment, by one key of their own; no keys for new rows. */
export async function linkedKeys(
  { dataSource }: RelatedWrites,
  { name, serializer }: CompiledNested,
  entity: AnyClass,
  parts: readonly Part[],
): Promise<readonly ReadonlySet<string>[]> {
  const rows = parts.flatMap(({ row }) => row ?? [])
  if (rows.length === 0) return parts.map(() => new Set<string>())
  // Others may have let them refer to something else since they were read; from now on nobody does.
  const owners = rowsOf(dataSource, entity).unscoped().createQueryBuilder('owner').whereInIds(rows)
  await lockedRows(dataSource, owners, 'change')
  const key = serializer.description.primary[0]!.name
  const related = await loadRelated(dataSource, rows, { entity, relation: name, max: 1, columns: [key] })
  const keysOf = new Map<EntityRow, ReadonlySet<string>>(
    rows.map((row, index) => [row, new Set(related[index]!.rows.map((other) => keyText(other[key])))]),
  )
  return parts.map(({ row }) => (row && keysOf.get(row)) ?? new Set<string>())
}
