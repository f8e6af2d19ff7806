import { type AnyClass, ancestry } from '../metadata/fact-kind.js'

/** What something cached was made of: an entity, one of its rows, or a name of your own. */
export type CacheTag = AnyClass | { readonly entity: AnyClass; readonly id: string | number } | string

/** The tag that every write of an entity renews. */
export function entityTag(entity: AnyClass): string {
  return entity.name
}

/** The tag that writes renew which do not say which rows they were. */
export function rowsTag(entity: AnyClass): string {
  return `${entity.name}:*`
}

/** The tag of one row. Ids are compared without regard to case, because writers may spell a UUID either way. */
export function rowTag(entity: AnyClass, id: string | number): string {
  return `${entity.name}:${String(id).toLowerCase()}`
}

/** What something that was made of a tag is known by. */
export function tagsRead(tag: CacheTag): readonly string[] {
  if (typeof tag === 'string') return [tag]
  if (typeof tag === 'function') return [entityTag(tag)]
  return [rowsTag(tag.entity), rowTag(tag.entity, tag.id)]
}

/** What is renewed where rows of an entity were written; `many` where nobody knows which. */
export function tagsWritten(entity: AnyClass, ids: readonly unknown[] | 'many'): readonly string[] {
  const known = ids !== 'many' && ids.length <= mostRows && ids.every(isId) ? ids : undefined
  return [entityTag(entity), ...(known ? known.map((id) => rowTag(entity, id)) : [rowsTag(entity)])]
}

/** Beyond that all rows of an entity count as written. */
const mostRows = 50

const isId = (id: unknown): id is string | number => typeof id === 'string' || typeof id === 'number'

/** Whether rows of one class are rows of the other. */
export function areRelated(one: AnyClass, other: AnyClass): boolean {
  return ancestry(one).includes(other) || ancestry(other).includes(one)
}
