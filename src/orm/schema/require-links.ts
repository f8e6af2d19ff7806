import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import { Mistakes } from '../../errors/definition-error.js'
import type { Dialect } from '../dialects/dialect.js'

/**
 * Refuses relations whose links would lead to other rows than they say.
 * @throws {DefinitionError} `E_ROUNDED_KEY`, `E_LINK_TABLE`
 */
export function requireLinks(metadatas: readonly EntityMetadata[], dialect: Dialect): void {
  const mistakes = new Mistakes()
  const tables = new Map<string, RelationMetadata>()
  for (const relation of metadatas.flatMap(({ ownRelations }) => ownRelations).filter(isOwning)) {
    const rounded = referencedBy(relation).find((column) => dialect.isFinerThanDate(column))
    if (rounded) reportRounded(relation, rounded, mistakes)
    const junction = relation.junctionEntityMetadata
    if (!junction) continue
    const known = tables.get(junction.tableName)
    if (!known) tables.set(junction.tableName, relation)
    else if (pathOf(known) !== junction.tablePath) reportTables(known, relation, mistakes)
  }
  mistakes.throwIfAny()
}

const isOwning = ({ isOwning }: RelationMetadata): boolean => isOwning

function referencedBy({ joinColumns, inverseJoinColumns }: RelationMetadata): readonly ColumnMetadata[] {
  return [...joinColumns, ...inverseJoinColumns].flatMap(({ referencedColumn }) => referencedColumn ?? [])
}

const pathOf = ({ junctionEntityMetadata }: RelationMetadata): string =>
  (junctionEntityMetadata as EntityMetadata).tablePath

function reportRounded(
  { entityMetadata, propertyName }: RelationMetadata,
  { entityMetadata: other, propertyName: property }: ColumnMetadata,
  mistakes: Mistakes,
): void {
  mistakes.add({
    code: 'E_ROUNDED_KEY',
    subject: entityMetadata.name,
    problem: `"${propertyName}" refers to rows by "${property}" of ${other.name}, whose instants have more digits than a Date, so that rows are not found by what was read of them.`,
    places: [],
    remedy: 'Write `precision: 3` into the column and into that which holds the key.',
  })
}

function reportTables(first: RelationMetadata, second: RelationMetadata, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_LINK_TABLE',
    subject: second.entityMetadata.name,
    problem: `the links of "${second.propertyName}" are in "${pathOf(second)}", and those of "${first.propertyName}" of ${first.entityMetadata.name} in "${pathOf(first)}". TypeORM knows tables of links by their names alone, and would read and write one of them for both.`,
    places: [],
    remedy: 'Give one of them another name: `@JoinTable({ name: … })`.',
  })
}
