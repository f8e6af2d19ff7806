import type { EntityMetadata } from 'typeorm'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { ModelDataSource } from '../data-source.js'
import { linkOf } from '../relations/link.js'
import { columnOf } from '../schema/column-terms.js'
import type { ReadComputed, ReadMember, ReadRelation } from './read-member.js'
import { RelatedRead } from './related-read.js'
import { type CodedRows, type LevelMember, RowLevel } from './row-level.js'
import { type JoinedTable, StatementLayout } from './statement-layout.js'

/** Where the rows of a level stand. */
export interface LevelPlace {
  readonly dataSource: ModelDataSource
  readonly metadata: EntityMetadata
  readonly layout: StatementLayout
  /** Undefined where they are the rows of the main table. */
  readonly table?: JoinedTable
}

/** Lays out what is written of the rows of an entity, and what is written of rows they lead to. */
export function compileLevel(place: LevelPlace, members: readonly ReadMember[]): RowLevel {
  return new RowLevel(members.map((member) => compiled(place, member)))
}

function compiled(place: LevelPlace, member: ReadMember): LevelMember {
  if ('values' in member) return computedMember(place, member)
  if ('members' in member) return relationMember(place, member)
  const { name, as = name, kind, write } = member
  return { name: as, column: place.layout.add({ column: ownColumn(place, name), kind, write }, place.table) }
}

function relationMember(place: LevelPlace, given: ReadRelation): LevelMember {
  const { metadata } = place
  const relation = metadata.relations.find(({ propertyName }) => propertyName === given.relation)
  if (!relation) throw new TypeError(`${metadata.name} has no relation "${given.relation}".`)
  return relation.isWithJoinColumn ? joinedMember(place, relation, given) : relatedMember(place, relation, given)
}

/** The row that rows refer to stands beside them. */
function joinedMember({ dataSource, layout, table }: LevelPlace, relation: RelationMetadata, given: ReadRelation) {
  const name = given.as ?? given.relation
  const joined = layout.join(relation, table, given.scope)
  const place = { dataSource, layout, metadata: relation.inverseEntityMetadata, table: joined }
  const level = compileLevel(place, given.members)
  const presence = layout.find(linkOf(relation).referenced, joined)
  if (level.isPlain) {
    const text = (row: readonly unknown[], codecs: CodedRows['codecs']) =>
      row[presence] === null ? 'null' : level.text(row, codecs)
    return { name, text }
  }
  const load = async ({ rows, codecs }: CodedRows, call: object) => {
    const present = rows.filter((row) => row[presence] !== null)
    const texts = (await level.texts({ rows: present, codecs }, call)).values()
    return rows.map((row) => (row[presence] === null ? 'null' : texts.next().value!))
  }
  return { name, load }
}

function relatedMember(place: LevelPlace, relation: RelationMetadata, given: ReadRelation): LevelMember {
  const { dataSource, layout, table } = place
  const below = { dataSource, metadata: relation.inverseEntityMetadata, layout: new StatementLayout() }
  const level = compileLevel(below, given.members)
  const related = new RelatedRead(dataSource, relation, given, { layout: below.layout, level })
  const key = layout.find(linkOf(relation).referenced, table)
  const load = ({ rows }: CodedRows, call: object) =>
    related.texts(
      rows.map((row) => row[key]),
      call,
    )
  return { name: given.as ?? given.relation, load }
}

function computedMember(place: LevelPlace, { name, own, others, values, write }: ReadComputed): LevelMember {
  const { metadata, layout, table } = place
  const held = own.map((name) => [name, layout.find(ownColumn(place, name), table)] as const)
  const joined = [...others].map(([name, columns]) => {
    const relation = metadata.relations.find(({ propertyName }) => propertyName === name)!
    const other = { ...place, metadata: relation.inverseEntityMetadata, table: layout.join(relation, table) }
    const picked = columns.map((column) => [column, layout.find(ownColumn(other, column), other.table)] as const)
    return { name, picked, presence: layout.find(linkOf(relation).referenced, other.table) }
  })
  const load = async ({ rows, codecs }: CodedRows, call: object): Promise<readonly string[]> => {
    const valuesAt = (row: readonly unknown[], picked: typeof held) =>
      Object.fromEntries(picked.map(([property, at]) => [property, codecs[at]!.value(row[at])]))
    const views = rows.map((row) => ({
      ...valuesAt(row, held),
      ...Object.fromEntries(
        joined.map(({ name, picked, presence }) => [name, row[presence] === null ? null : valuesAt(row, picked)]),
      ),
    }))
    const made = await values(views as never[], call as never)
    if (made.length !== rows.length) {
      throw new Error(`A computed field gave ${made.length} values for ${rows.length} rows.`)
    }
    return made.map(write)
  }
  return { name, load }
}

function ownColumn({ metadata }: LevelPlace, name: string) {
  const column = columnOf(metadata, name)
  if (column) return column
  throw new TypeError(`${metadata.name} has no column "${name}".`)
}
