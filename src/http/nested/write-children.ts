import type { FieldError } from '../../errors/app-exception.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { patched } from '../../helpers/merge-patch.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { lockedRows } from '../../orm/relations/locked-rows.js'
import { rowsOf } from '../../orm/relations/related.js'
import { below, invalidBody } from '../../serializer/body-errors.js'
import type { CompiledNested, CompiledSerializer } from '../../serializer/compiled-serializer.js'
import { forbiddenFields } from '../../serializer/forbidden-fields.js'
import { refuseFields } from '../pipeline/permit-fields.js'
import { permitRelated } from './permit-related.js'
import { type Deeper, type Item, insertRow, keyText, type Part, type RelatedWrites } from './related-writes.js'

/** The rows that are written of one owner. */
export interface Children {
  /** The serializer of the owner. */
  readonly serializer: CompiledSerializer
  readonly row: EntityRow
  readonly items: readonly Item[]
  /** Where they stand in the body. */
  readonly at: readonly string[]
}

/** A row that is there already, and what is given of it. */
interface Known extends Part {
  readonly row: EntityRow
}

/**
 * Writes the rows of one owner: those with a key are changed, the others made; where they are replaced, those that are
 * not listed are deleted. A key counts within the owner only.
 * @throws {ValidationError} for a key of no row of the owner.
 */
export async function writeChildren(
  writes: RelatedWrites,
  nested: CompiledNested,
  children: Children,
  deeper: Deeper,
): Promise<void> {
  const { dataSource, call } = writes
  const { serializer, write } = nested
  const repository = rowsOf(dataSource, serializer.description.entity)
  const key = serializer.description.primary[0]!.name
  const present = write === 'create' ? [] : await childrenOf(writes, nested, children)
  const rows = new Map(present.map((row) => [keyText(row[key]), row]))
  const fresh: Part[] = []
  const known: Known[] = []
  const errors: FieldError[] = []
  for (const { value, at } of children.items) {
    const { [key]: id, ...values } = value as Part['values']
    const row = id === undefined ? undefined : rows.get(keyText(id))
    if (row) {
      const whole = merged(nested, row, values)
      if (write === 'merge') errors.push(...(await documentErrors(serializer, whole, at)))
      known.push({ values: whole, at, row })
    } else if (id === undefined || write === 'create') fresh.push({ values: value as Part['values'], at })
    else errors.push({ pointer: pointerTo(...at, key), code: 'not_found', message: 'is no row that belongs here' })
  }
  if (errors.length > 0) throw invalidBody(errors)
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
  if (removed.length > 0) await repository.delete(removed.map(({ id }) => id))
  await changeChildren(writes, serializer, known, deeper)
  await makeChildren(writes, nested, { ...children, deeper }, fresh)
}

async function childrenOf(
  { dataSource, call }: RelatedWrites,
  { relation, serializer, scope }: CompiledNested,
  { serializer: owner, row }: Children,
): Promise<readonly EntityRow[]> {
  const rows = rowsOf(dataSource, serializer.description.entity).select()
  const seen = scope ? rows.where(scope(call as never)) : rows
  const builder = seen.queryBuilder('child')
  const link = relation.inverseKey ?? relation.inverse ?? ''
  builder.andWhere(`child.${link} = :owner_key`, { owner_key: row[owner.description.primary[0]!.name] as unknown })
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

/** What the classes of JSON columns say against what they would be then. */
async function documentErrors(
  { checkDocuments }: CompiledSerializer,
  values: Part['values'],
  at: readonly string[],
): Promise<readonly FieldError[]> {
  return below(pointerTo(...at), await checkDocuments(values))
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
    }
    await deeper.writeRelated(writes, serializer, part.row, part)
  }
}

async function makeChildren(
  writes: RelatedWrites,
  { relation, serializer }: CompiledNested,
  { serializer: owner, row, deeper }: Children & { readonly deeper: Deeper },
  fresh: readonly Part[],
): Promise<void> {
  const key = owner.description.primary[0]!.name
  const { inverseKey, inverse = '' } = relation
  const link =
    inverseKey === undefined ? { [inverse]: { [key]: row[key] as unknown } } : { [inverseKey]: row[key] as unknown }
  const own = await deeper.ownValues(writes, serializer, fresh)
  for (const [index, part] of fresh.entries()) {
    const made = await insertRow(writes, serializer, { ...own[index], ...link })
    await deeper.writeRelated(writes, serializer, made, part)
  }
}
