import type { EntityMetadata } from 'typeorm'
import { ContextSlot } from '../../helpers/context-slot.js'
import type { RowData } from '../../model/matches.js'
import type { EntityRow } from '../entity-row.js'
import type { ScopedRepository } from '../model-repository.js'
import { chunks, longestList } from './groups.js'
import { primaryKeyText, rowKeyText } from './stored-rows.js'

const touched = new ContextSlot<Set<string>>()

/** Runs work of which it is noted which rows rules write besides those of its calls. */
export function notingTouched<T>(work: () => T): T {
  return touched.run(new Set(), work)
}

/** Notes that rules write rows besides those of a call. */
export function noteTouched(metadata: EntityMetadata, rows: readonly RowData[]): void {
  const noted = touched.get()
  for (const row of rows) noted?.add(rowKeyText(metadata, row))
}

/**
 * Gives entities what is stored of them, where rules of the running work have written them besides: who holds one, because he
 * has written it himself before, is not told otherwise.
 */
export async function refreshTouched(
  repository: ScopedRepository<EntityRow>,
  entities: readonly EntityRow[],
): Promise<void> {
  const noted = touched.get()
  if (!noted || noted.size === 0) return
  const { metadata } = repository
  const changed = entities.filter((entity) => noted.has(rowKeyText(metadata, entity)))
  for (const some of chunks(changed, longestList)) {
    const rows = await repository.unscoped().createQueryBuilder('row').whereInIds(some).getMany()
    const stored = new Map(rows.map((row) => [primaryKeyText(metadata, row), row]))
    for (const entity of some) learn(metadata, entity, stored.get(primaryKeyText(metadata, entity)))
  }
}

/** Properties that reads leave out, and relations, stay as they are. */
function learn({ columns }: EntityMetadata, entity: EntityRow, stored: EntityRow | undefined): void {
  for (const column of stored ? columns : []) {
    if (column.isSelect && !column.isVirtual && !column.relationMetadata) {
      column.setEntityValue(entity, column.getEntityValue(stored!))
    }
  }
}
