import type { Id } from '../model/verb.js'
import type { ScopedRepository } from '../orm/model-repository.js'
import { hasOwnParts } from './own-part.js'

export const isRow = <E extends object>(idOrRow: Id | E): idOrRow is E =>
  typeof idOrRow === 'object' && idOrRow !== null

export const isId = (value: unknown): value is Id =>
  typeof value === 'number' || (typeof value === 'string' && value !== '')

/**
 * The key of a row that a service may write by one statement; undefined where a unit of work has to be opened: by a class
 * that opens it in a way of its own, or because the row has several keys or none.
 */
export function loneKey<E extends object>(
  service: object,
  { metadata }: ScopedRepository<E>,
  idOrRow: Id | E,
): Id | undefined {
  const [column, ...more] = metadata.primaryColumns
  if (!column || more.length > 0 || hasOwnParts(service)) return undefined
  const id: unknown = isRow(idOrRow) ? column.getEntityValue(idOrRow) : idOrRow
  return isId(id) ? id : undefined
}
