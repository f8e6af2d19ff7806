import type { EntityRow } from '../../orm/entity-row.js'
import { loadRelated } from '../../orm/relations/load-related.js'
import type { CompiledNested, CompiledSerializer } from '../../serializer/compiled-serializer.js'
import { type Item, keyText, type RelatedWrites, touchOwner, visibleKeys } from './related-writes.js'

/** More links than any row has. */
const all = 2 ** 31 - 2

/** The links of one row. */
interface Links {
  /** The serializer of the row. */
  readonly serializer: CompiledSerializer
  readonly row: EntityRow
  readonly items: readonly Item[]
}

/** Links a row with exactly the rows whose keys are given; links to rows that the call cannot see stay. */
export async function writeLinks(
  writes: RelatedWrites,
  nested: CompiledNested,
  { serializer: owner, row, items }: Links,
): Promise<void> {
  const { dataSource, call } = writes
  const { name, serializer, scope } = nested
  const { entity } = owner.description
  const key = serializer.description.primary[0]!.name
  const [linked] = await loadRelated(dataSource, [row], {
    entity,
    relation: name,
    max: all,
    columns: [key],
    ...(scope && { scope: scope(call as never) }),
  })
  const before = (linked?.rows ?? []).map((other) => other[key] as unknown)
  const known = new Set(before.map(keyText))
  const keys = await visibleKeys(writes, nested, { entity, items, linked: () => items.map(() => known) })
  const wanted = new Set(keys.map(keyText))
  const added = keys.filter((each) => !known.has(keyText(each)))
  const removed = before.filter((each) => !wanted.has(keyText(each)))
  if (added.length === 0 && removed.length === 0) return
  await touchOwner(writes, owner, row)
  await dataSource.createQueryBuilder().relation(entity, name).of(row).addAndRemove(added, removed)
}
