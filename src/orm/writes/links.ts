import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import { ValidationError } from '../../errors/exceptions.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { heldKeysText } from '../key-text.js'
import { loadedValue } from '../lazy-relations.js'
import { hidesEitherSide } from '../scopes/hidden-links.js'
import { currentSave } from './save.js'
import { internalsOf, type WriteBuilder } from './write.js'

/** The members a list is being given, by the key of the row that has the list. */
interface NewLinks {
  readonly relation: RelationMetadata
  readonly owners: readonly ColumnMetadata[]
  readonly members: readonly ColumnMetadata[]
  readonly rows: readonly ObjectLiteral[]
}

/**
 * Inserts the links by which `save` stores lists, once it is sure that none of them adds a row that scopes hide, and that
 * nobody hides one before the transaction ends. A link that is there already stays.
 * @throws {ValidationError} `REFERENCE_HIDDEN`
 */
export async function linkingShown<T>(builder: WriteBuilder, run: () => Promise<T>): Promise<T> {
  const { mainAlias, valuesSet } = builder.expressionMap
  const metadata = mainAlias?.hasMetadata ? mainAlias.metadata : undefined
  if (!builder.guard.persistence || !metadata?.isJunction || !valuesSet) return run()
  if (!hidesEitherSide(metadata, builder.guard)) return run()
  const rows: ObjectLiteral[] = Array.isArray(valuesSet) ? valuesSet : [valuesSet]
  for (const links of listsIn(metadata, rows)) {
    if (!builder.guard.hides(links.relation.inverseEntityMetadata)) continue
    for (const row of await hiddenLinks(builder, links)) {
      if (!(await exists(builder, metadata, row))) throw hiddenMember(links.relation)
    }
  }
  return run()
}

/** The new links of every list that the running save stores. */
function listsIn(junction: EntityMetadata, rows: readonly ObjectLiteral[]): readonly NewLinks[] {
  const entities = currentSave()?.entities ?? []
  const sides = [...junction.ownerColumns, ...junction.inverseColumns].flatMap(
    ({ referencedColumn }) => referencedColumn?.entityMetadata.manyToManyRelations ?? [],
  )
  const relations = [...new Set(sides)].filter(({ junctionEntityMetadata }) => junctionEntityMetadata === junction)
  return relations.flatMap((relation) => {
    const { ownerColumns, inverseColumns } = junction
    const [owners, members] = relation.isOwning ? [ownerColumns, inverseColumns] : [inverseColumns, ownerColumns]
    const { target } = relation.entityMetadata
    const owning = entities.filter(
      (entity) =>
        (typeof target !== 'function' || entity instanceof target || entity.constructor === Object) &&
        Array.isArray(loadedValue(entity, relation.propertyName)),
    )
    const lists = new Set(owning.map((owner) => keyOf(owners, owner, true)))
    const own = rows.filter((row) => lists.has(keyOf(owners, row)))
    return own.length > 0 ? [{ relation, owners, members, rows: own }] : []
  })
}

/** Those of the new links whose member is hidden; the others are locked against being hidden. */
async function hiddenLinks(builder: WriteBuilder, { relation, members, rows }: NewLinks) {
  const { target, primaryColumns } = relation.inverseEntityMetadata
  const query = builder.dataSource.createQueryBuilder(target, 'member', internalsOf(builder).queryRunner)
  const keys = rows.map((row) =>
    Object.fromEntries(members.map((column) => [column.referencedColumn!.propertyPath, column.getEntityValue(row)])),
  )
  query.where(keys).orderBy()
  for (const { propertyPath } of primaryColumns) query.addOrderBy(`member.${propertyPath}`)
  if (!builder.dataSource.driver.options.type.includes('sqlite')) query.setLock('pessimistic_read')
  const shown = new Set((await query.getMany()).map((member) => keyOf(members, member, true)))
  return rows.filter((row) => !shown.has(keyOf(members, row)))
}

async function exists(
  builder: WriteBuilder,
  { target, columns }: EntityMetadata,
  row: ObjectLiteral,
): Promise<boolean> {
  const key = Object.fromEntries(columns.map((column) => [column.propertyName, column.getEntityValue(row)]))
  const query = builder.dataSource.createQueryBuilder(target, 'link', internalsOf(builder).queryRunner)
  return query.where(key).getExists()
}

/** Text that is equal for equal keys: of a link, or of a row it refers to. */
function keyOf(columns: readonly ColumnMetadata[], row: ObjectLiteral, referred = false): string {
  const values = columns.map((column) => (referred ? column.referencedColumn : column)?.getEntityValue(row) as unknown)
  return heldKeysText(columns.map((column) => column.referencedColumn ?? column))(values)
}

function hiddenMember({ propertyName, inverseEntityMetadata: { name } }: RelationMetadata): ValidationError {
  return new ValidationError(`"${propertyName}" was given a ${name} that is deleted, or hidden otherwise.`, {
    errorCode: 'REFERENCE_HIDDEN',
    names: [propertyName],
    errors: [
      { pointer: pointerTo(propertyName), code: 'hidden', message: 'refers to a row that is deleted or hidden' },
    ],
  })
}
