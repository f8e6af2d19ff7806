import type { FieldError } from '../../errors/app-exception.js'
import type { CompiledNested, CompiledSerializer } from '../../serializer/compiled-serializer.js'
import { knownChildren } from './known-children.js'
import { errorsOfUnknown, type Item, type Part, type RelatedWrites, rowsReferredTo } from './related-writes.js'
import { writtenRelations } from './write-related.js'

/**
 * Finds everything that is wrong with the keys in the values of a row, and of those below: what writes them ends with the
 * first relation of which one is.
 */
export async function findUnknownKeys(
  writes: RelatedWrites,
  serializer: CompiledSerializer,
  part: Part,
): Promise<readonly FieldError[]> {
  const errors: FieldError[] = []
  for (const nested of writtenRelations(serializer)) {
    const items = itemsOf(nested, part)
    if (nested.write === 'id') {
      errors.push(...errorsOfUnknown(items, await rowsReferredTo(writes, nested, items, false)))
    } else if (items.length > 0) {
      const children = { serializer, items, ...(part.row && { row: part.row }) }
      const { known, fresh, errors: own } = await knownChildren(writes, nested, children)
      errors.push(...own)
      for (const child of [...known, ...fresh]) {
        errors.push(...(await findUnknownKeys(writes, nested.serializer, child)))
      }
    }
  }
  return errors
}

function itemsOf({ name, relation }: CompiledNested, { values, at }: Part): readonly Item[] {
  const value = values[name]
  if (value === null || value === undefined) return []
  const here = [...at, name]
  if (!relation.many) return [{ value, at: here }]
  return (value as readonly unknown[]).map((one, index) => ({ value: one, at: [...here, String(index)] }))
}
