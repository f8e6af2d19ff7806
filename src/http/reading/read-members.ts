import { asDeclared, type Naming } from '../../helpers/naming.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import { whyEntities, whyRelation } from '../../orm/reads/needs-entities.js'
import type { ReadMember } from '../../orm/reads/read-member.js'
import { jsonOf, valueWriter } from '../../serializer/compile-writer.js'
import { requiredParts } from '../../serializer/needed-columns.js'
import type { ShownPart } from '../../serializer/shown-parts.js'

/** What is read of rows so that these parts are shown of them. */
export function readMembers(parts: readonly ShownPart[], naming: Naming = asDeclared): readonly ReadMember[] {
  return parts.map((part) => memberOf(part, naming))
}

function memberOf(part: ShownPart, naming: Naming): ReadMember {
  const { outside } = naming
  if ('property' in part) {
    const { name, value } = part.property
    return { name, as: outside(name), kind: value.kind, write: valueWriter(value) }
  }
  if ('computed' in part) {
    const { requires, values } = part.computed
    return { name: outside(part.name), ...requiredParts(requires), values, write: jsonOf }
  }
  const { name, max, orderBy, scope } = part.nested
  return {
    relation: name,
    as: outside(name),
    more: outside('hasMore'),
    max,
    orderBy,
    members: readMembers(part.parts, naming),
    ...(scope && { scope }),
  }
}

/** What tells parts from others of the same serializer. */
export function partsKey(parts: readonly ShownPart[]): string {
  return JSON.stringify(parts.map(keyOf))
}

function keyOf(part: ShownPart): unknown {
  if ('property' in part) return part.property.name
  return 'computed' in part ? part.name : [part.nested.name, part.parts.map(keyOf)]
}

/** Why rows are read as entities so that these parts are shown of them; undefined where they are read as text. */
export function whyParts(
  dataSource: ModelDataSource,
  entity: AnyClass,
  parts: readonly ShownPart[],
): string | undefined {
  const own = parts.flatMap((part) => {
    if ('property' in part) return [part.property.name]
    return 'computed' in part ? requiredParts(part.computed.requires).own : []
  })
  const reason = whyEntities(dataSource, entity, own)
  if (reason !== undefined) return `${entity.name} ${reason}`
  for (const part of parts) {
    const below = 'property' in part ? undefined : whyRelated(dataSource, entity, part)
    if (below !== undefined) return below
  }
  return undefined
}

function whyRelated(
  dataSource: ModelDataSource,
  entity: AnyClass,
  part: Exclude<ShownPart, { property: unknown }>,
): string | undefined {
  if ('nested' in part) {
    const { relation, name } = part.nested
    return whyRelation(dataSource, entity, name) ?? whyParts(dataSource, relation.entity, part.parts)
  }
  for (const [name, columns] of requiredParts(part.computed.requires).others) {
    const reason = whyRelation(dataSource, entity, name, 'one') ?? whyColumns(dataSource, entity, name, columns)
    if (reason !== undefined) return reason
  }
  return undefined
}

function whyColumns(dataSource: ModelDataSource, entity: AnyClass, name: string, columns: readonly string[]) {
  const related = dataSource.describe(entity).relations.get(name)!.entity
  const reason = whyEntities(dataSource, related, columns)
  return reason && `${related.name} ${reason}`
}
