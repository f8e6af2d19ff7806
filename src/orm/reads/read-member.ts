import type { EntityMetadata } from 'typeorm'
import type { OrderingKey } from '../../model/scope.js'

/** A property that is written as a member of the JSON of its row. */
export interface ReadField {
  readonly name: string
  /** What the member is called, where it is not called as the property. */
  readonly as?: string
  /** The kind of its description. */
  readonly kind: string
  /** Writes a value that is not null, as entities hold it. */
  readonly write: (value: unknown) => string
}

/** A relation that is written: to one row as its JSON or null, to many as a list and whether there are more. */
export interface ReadRelation {
  readonly relation: string
  /** What the member is called, where it is not called as the relation. */
  readonly as?: string
  /** What is called `hasMore` beside the rows of a list, where it is called otherwise. */
  readonly more?: string
  /** What is written of the related rows. */
  readonly members: readonly ReadMember[]
  /** The most rows of one owner. */
  readonly max: number
  /** Without any, the default order of the related entity. */
  readonly orderBy: readonly OrderingKey[]
  /** Values that the related rows have in common. */
  readonly scope?: (call: never) => Readonly<Record<string, unknown>>
}

/** A member that is made of properties of its row, and of properties of rows that it refers to. */
export interface ReadComputed {
  /** What the member is called. */
  readonly name: string
  readonly own: readonly string[]
  /** By relation. */
  readonly others: ReadonlyMap<string, readonly string[]>
  /** The values for several rows at once, in their order. */
  readonly values: (rows: readonly never[], call: never) => readonly unknown[] | Promise<readonly unknown[]>
  /** Writes any value. */
  readonly write: (value: unknown) => string
}

/** What is written of a row. */
export type ReadMember = ReadField | ReadRelation | ReadComputed

/** What tells members of an entity from all others of a data source. Names do not: two entities may have the same. */
export function membersKey(
  metadata: EntityMetadata,
  members: readonly ReadMember[],
  held: readonly string[] | 'entity' = [],
): string {
  return JSON.stringify([metadata.dataSource.entityMetadatas.indexOf(metadata), members.map(memberKey), held])
}

const keys = new WeakMap<EntityMetadata, string>()

/** What tells an entity from all others of a data source. */
export function entityKey(metadata: EntityMetadata): string {
  const known = keys.get(metadata)
  if (known !== undefined) return known
  const key = membersKey(metadata, [])
  keys.set(metadata, key)
  return key
}

/** What tells members from others of the same entity. */
function memberKey(member: ReadMember): unknown {
  if ('values' in member) return [member.name, member.own, [...member.others]]
  if (!('members' in member)) return member.as === undefined ? member.name : { name: member.name, as: member.as }
  const { relation, as, more, max, orderBy, members } = member
  return { relation, as, more, max, orderBy, members: members.map(memberKey) }
}
