import type { ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { orderingOf } from '../../model/scope.js'
import type { EngineType } from '../dialects/engines.js'
import { declaredSight, orderOf, rowsOf } from '../relations/related.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import { combined, plainSight, type Sight } from '../scopes/sight.js'
import { addCapabilities } from './capabilities.js'
import { readEngineOf } from './engines/engines.js'
import type { ReadStatement } from './engines/read-engine.js'
import { joinedSights, readSight, scopeSight, slottedSight } from './joined-sights.js'
import { farLinkOf, linkOf } from './link.js'
import { keptStatement, type ToWrite } from './read-template.js'
import type { RelatedRead } from './related-read.js'
import { Shape, type Slots } from './slot.js'

type Builder = ScopedSelectQueryBuilder<ObjectLiteral>

/** How a statement looks at the related rows, and at those that they refer to. */
interface Looking {
  readonly sight: Sight
  readonly joined: readonly (Sight | undefined)[]
}

/** The statement that reads the rows which a relation leads to from owners with these keys. */
export function relatedStatement(read: RelatedRead, keys: readonly unknown[], call: object): ReadStatement {
  const { dataSource, layout } = read
  const looking: Looking = { sight: sightOf(read, call), joined: joinedSights(layout, call) }
  const owners = ownersOf(read, keys)
  const shape = new Shape()
  shape.add(read.key)
  shape.add(owners.length)
  addCapabilities(dataSource, shape)
  const isKept = [looking.sight, ...looking.joined].every((sight) => readSight(sight, shape))
  for (const key of owners) shape.bind(key)
  return keptStatement(dataSource, shape, isKept, (slots) =>
    written(read, owners, slots ? slotted(looking, slots) : looking, slots),
  )
}

/** As the driver is given the keys: as one list, or each by itself. */
function ownersOf({ dataSource }: RelatedRead, keys: readonly unknown[]): readonly unknown[] {
  if (readEngineOf(dataSource.options.type as EngineType).bindsLists) return [keys]
  // Repeated up to a power of two, so that there are few texts for all numbers of owners.
  const length = 2 ** Math.ceil(Math.log2(keys.length))
  return Array.from({ length }, (_, index) => keys[index] ?? keys.at(-1))
}

function sightOf({ dataSource, relation, given: { scope } }: RelatedRead, call: object): Sight {
  return combined(scopeSight(scope, call) ?? plainSight, declaredSight(dataSource, relation))
}

const slotted = ({ sight, joined }: Looking, slots: Slots): Looking => ({
  sight: slottedSight(sight, slots),
  joined: joined.map((one) => slottedSight(one, slots)),
})

function written(read: RelatedRead, owners: readonly unknown[], { sight, joined }: Looking, slots?: Slots): ToWrite {
  const { dataSource, relation, layout, many, given } = read
  const repository = rowsOf(dataSource, relation.inverseEntityMetadata.target)
  const builder = repository.createQueryBuilder('related').seeing(sight)
  if (slots) builder.bindings = new Map()
  layout.select(builder, joined)
  const owner = ownerColumn(read, builder)
  builder.addSelect(owner, 'read_owner')
  builder.where(isOwned(owner, builder, owners, slots))
  builder.setOption('disable-global-order')
  if (!many) return { builder }
  const order = orderOf({ relation, ordering: orderingOf(given.orderBy) }, repository)
  const terms = order.map(({ property, direction }) => {
    const column = repository.metadata.findColumnWithPropertyPath(property)!
    return `${qualified(builder, 'related', column)} ${direction}`
  })
  builder.addSelect(`ROW_NUMBER() OVER (PARTITION BY ${owner} ORDER BY ${terms.join(', ')})`, 'read_place')
  const names = [...layout.names, 'read_owner'].join(', ')
  const wrap = (sql: string) =>
    `SELECT ${names} FROM (${sql}) ranked WHERE read_place <= ${given.max + 1} ORDER BY read_place`
  return { builder, wrap }
}

/** The column that says whose a related row is. */
function ownerColumn({ relation }: RelatedRead, builder: Builder): string {
  const { key } = linkOf(relation)
  if (!relation.isManyToMany) return qualified(builder, 'related', key)
  const far = farLinkOf(relation)
  const held = qualified(builder, 'link', far.key)
  builder.innerJoin(
    relation.junctionEntityMetadata!.tableName,
    'link',
    `${held} = ${qualified(builder, 'related', far.referenced)}`,
  )
  return qualified(builder, 'link', key)
}

function isOwned(owner: string, builder: Builder, keys: readonly unknown[], slots: Slots | undefined): string {
  const names = keys.map((key, index) => {
    const name = `read_owner_${index}`
    builder.setParameter(name, key)
    if (slots) builder.bindings?.set(name, { operand: slots.take(), isList: Array.isArray(key) })
    return `:${name}`
  })
  return Array.isArray(keys[0]) ? `${owner} = ANY(${names[0]})` : `${owner} IN (${names.join(', ')})`
}

const qualified = (builder: Builder, alias: string, { databaseName }: ColumnMetadata): string =>
  `${builder.escape(alias)}.${builder.escape(databaseName)}`
