import type { FieldError } from '../../errors/app-exception.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { patched } from '../../helpers/merge-patch.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { lockedRows } from '../../orm/relations/locked-rows.js'
import { rowsOf } from '../../orm/relations/related.js'
import { below } from '../../serializer/body-errors.js'
import type { CompiledNested, CompiledSerializer } from '../../serializer/compiled-serializer.js'
import { type Item, keyText, type Part, type RelatedWrites } from './related-writes.js'

/** What a body says of the rows of one owner. */
export interface Children {
  /** The serializer of the owner. */
  readonly serializer: CompiledSerializer
  /** A new owner is not there yet. */
  readonly row?: EntityRow
  readonly items: readonly Item[]
}

/** A row that is there already, and what is given of it. */
export interface Known extends Part {
  readonly row: EntityRow
}

/** The rows of one owner, and which of them a body speaks of. */
export interface KnownChildren {
  readonly present: readonly EntityRow[]
  readonly known: readonly Known[]
  readonly fresh: readonly Part[]
  /** About keys of no row of the owner, and about what documents would be once they are merged. */
  readonly errors: readonly FieldError[]
}

/** Tells the rows that are there from those that are to be made. A key counts within the owner only. */
export async function knownChildren(
  writes: RelatedWrites,
  nested: CompiledNested,
  { serializer: owner, row: above, items }: Children,
): Promise<KnownChildren> {
  const { serializer, write } = nested
  const key = serializer.description.primary[0]!.name
  const present = write === 'create' || !above ? [] : await childrenOf(writes, nested, owner, above)
  const rows = new Map(present.map((row) => [keyText(row[key]), row]))
  const fresh: Part[] = []
  const known: Known[] = []
  const errors: FieldError[] = []
  for (const { value, at } of items) {
    const { [key]: id, ...values } = value as Part['values']
    const row = id === undefined ? undefined : rows.get(keyText(id))
    if (row) {
      const whole = merged(nested, row, values)
      if (write === 'merge') errors.push(...below(pointerTo(...at), await serializer.checkDocuments(whole)))
      known.push({ values: whole, at, row })
    } else if (id === undefined || write === 'create') fresh.push({ values: value as Part['values'], at })
    else errors.push({ pointer: pointerTo(...at, key), code: 'not_found', message: 'is no row that belongs here' })
  }
  return { present, known, fresh, errors }
}

async function childrenOf(
  { dataSource, call }: RelatedWrites,
  { relation, serializer, scope }: CompiledNested,
  owner: CompiledSerializer,
  row: EntityRow,
): Promise<readonly EntityRow[]> {
  const rows = rowsOf(dataSource, serializer.description.entity).select()
  const seen = scope ? rows.where(scope(call as never)) : rows
  const builder = seen.queryBuilder('child')
  const link = relation.inverseKey ?? relation.inverse ?? ''
  const referred = relation.referredTo ?? owner.description.primary[0]!.name
  builder.andWhere(`child.${link} = :owner_key`, { owner_key: row[referred] as unknown })
  return lockedRows(dataSource, builder, 'change')
}

/** JSON columns are merged with what is stored (RFC 7396). */
function merged({ write, serializer }: CompiledNested, row: EntityRow, values: Part['values']): Part['values'] {
  if (write !== 'merge') return values
  const { properties } = serializer.description
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      return [name, properties.get(name)?.value.kind === 'json' ? patched(row[name], value) : value]
    }),
  )
}
