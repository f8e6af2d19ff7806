import type { ObjectLiteral } from 'typeorm'
import { orderingOf } from '../../model/scope.js'
import type { EngineType } from '../dialects/engines.js'
import { farLinkOf, linkOf } from '../relations/link.js'
import { ownerColumn, qualified } from '../relations/loose-link.js'
import { putShownFirst } from '../relations/put-shown-first.js'
import { declaredSight, orderOf, rowsOf } from '../relations/related.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import { combined, plainSight, type Sight } from '../scopes/sight.js'
import { addCapabilities } from './capabilities.js'
import { readEngineOf } from './engines/engines.js'
import type { ReadStatement } from './engines/read-engine.js'
import { joinedSights, readSight, scopeSight, slottedSight } from './joined-sights.js'
import { keptStatement, type ToWrite } from './read-template.js'
import type { RelatedRead } from './related-read.js'
import { Shape, type Slots } from './slot.js'

type Builder = ScopedSelectQueryBuilder<ObjectLiteral>

/** A query for related rows, and the column that says whose they are. */
interface Owned {
  readonly builder: Builder
  readonly owner: string
}

/** How a statement looks at the related rows, and at those that they refer to. */
interface Looking {
  readonly sight: Sight
  readonly joined: readonly (Sight | undefined)[]
}

/**
 * The statement that reads the rows which a relation leads to from owners with these keys.
 * @param most how many rows it gives, where it leads to many and gives those that come first, whoever their owners are; else
 * it gives of each owner those that are shown, and one more.
 */
export function relatedStatement(
  read: RelatedRead,
  keys: readonly unknown[],
  call: object,
  most?: number,
): ReadStatement {
  const { dataSource, layout } = read
  const looking: Looking = { sight: sightOf(read, call), joined: joinedSights(layout, call) }
  const owners = ownersOf(read, keys)
  const shape = new Shape()
  shape.add(read.key)
  shape.add(keys.length === 1 ? 'alone' : owners.length)
  shape.add(most === undefined ? 'each' : 'together')
  addCapabilities(dataSource, shape)
  const isKept = [looking.sight, ...looking.joined].every((sight) => readSight(sight, shape))
  for (const key of owners) shape.bind(key)
  if (most !== undefined) shape.bind(most)
  return keptStatement(dataSource, shape, isKept, (slots) => {
    const owned = builderOf(read, owners, slots ? slotted(looking, slots) : looking, slots)
    if (!read.many) return firstEach(read, owned.builder, looking.sight)
    if (most === undefined) return cutEach(read, owned)
    // The rows of one owner may be found along an index of their order, which ends as soon as there are enough.
    const fence = keys.length === 1 ? '' : dataSource.dialect.foundFirst
    return cutTogether(read, owned.builder, { most, fence }, slots)
  })
}

/** As the driver is given the keys: as one list, or each by itself, as that of one owner always is. */
function ownersOf({ dataSource }: RelatedRead, keys: readonly unknown[]): readonly unknown[] {
  if (keys.length === 1) return keys
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

/** A query for all rows of the owners. */
function builderOf(read: RelatedRead, owners: readonly unknown[], { sight, joined }: Looking, slots?: Slots): Owned {
  const { dataSource, relation, layout } = read
  const repository = rowsOf(dataSource, relation.inverseEntityMetadata.target)
  const builder = repository.createQueryBuilder('related').seeing(sight)
  if (slots) builder.bindings = new Map()
  layout.select(builder, joined)
  joinLinks(read, builder)
  const owner = ownerColumn(builder, linkOf(relation), relation.isManyToMany ? 'link' : 'related')
  builder.addSelect(owner, 'read_owner')
  builder.where(isOwned(owner, builder, owners, slots))
  builder.setOption('disable-global-order')
  return { builder, owner }
}

/** The rows of each owner, of which the first is shown. */
function firstEach({ dataSource, relation }: RelatedRead, builder: Builder, sight: Sight): ToWrite {
  putShownFirst(builder, { dataSource, relation, sight })
  return { builder }
}

/** The rows of each owner that are shown, and one more. */
function cutEach(read: RelatedRead, { builder, owner }: Owned): ToWrite {
  const order = orderTerms(read, builder).map(({ column, direction }) => `${column} ${direction}`)
  builder.addSelect(`ROW_NUMBER() OVER (PARTITION BY ${owner} ORDER BY ${order.join(', ')})`, 'read_place')
  const wrap = (sql: string) =>
    `SELECT ${selected(read)} FROM (${sql}) ranked WHERE read_place <= ${read.given.max + 1} ORDER BY read_place`
  return { builder, wrap }
}

/** The first rows of all owners together: they need not be numbered, which takes an engine half as long again. */
function cutTogether(
  read: RelatedRead,
  builder: Builder,
  { most, fence }: { readonly most: number; readonly fence: string },
  slots: Slots | undefined,
): ToWrite {
  const terms = orderTerms(read, builder).map(({ column, direction }, index) => {
    builder.addSelect(column, `read_order_${index}`)
    return `read_order_${index} ${direction}`
  })
  builder.setParameter('read_most', most)
  if (slots) builder.bindings?.set('read_most', { operand: slots.take() })
  // The order of owners says nothing, but an index of their keys has it.
  const order = ['read_owner', ...terms].join(', ')
  const wrap = (sql: string) =>
    `SELECT ${selected(read)} FROM (${sql}${fence}) found ORDER BY ${order} LIMIT :read_most`
  return { builder, wrap }
}

const selected = ({ layout }: RelatedRead): string => [...layout.names, 'read_owner'].join(', ')

/** What the rows of an owner are in order of. */
function orderTerms({ dataSource, relation, given }: RelatedRead, builder: Builder) {
  const repository = rowsOf(dataSource, relation.inverseEntityMetadata.target)
  const order = orderOf({ relation, ordering: orderingOf(given.orderBy) }, repository)
  return order.map(({ property, direction }) => {
    const column = repository.metadata.findColumnWithPropertyPath(property)!
    return { column: qualified(builder, 'related', column), direction }
  })
}

/** Joins the table that says whose the rows are, where that is not said by the rows themselves. */
function joinLinks({ relation }: RelatedRead, builder: Builder): void {
  if (!relation.isManyToMany) return
  const far = farLinkOf(relation)
  const [held, referenced] = [qualified(builder, 'link', far.key), qualified(builder, 'related', far.referenced)]
  builder.innerJoin(relation.junctionEntityMetadata!.tableName, 'link', `${held} = ${referenced}`)
}

function isOwned(owner: string, builder: Builder, keys: readonly unknown[], slots: Slots | undefined): string {
  const names = keys.map((key, index) => {
    const name = `read_owner_${index}`
    builder.setParameter(name, key)
    if (slots) builder.bindings?.set(name, { operand: slots.take(), isList: Array.isArray(key) })
    return `:${name}`
  })
  if (Array.isArray(keys[0])) return `${owner} = ANY(${names[0]})`
  return names.length === 1 ? `${owner} = ${names[0]}` : `${owner} IN (${names.join(', ')})`
}
