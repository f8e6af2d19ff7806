import type { ObjectLiteral } from 'typeorm'
import type { Model } from '../model/model.js'
import { relatedIn } from '../model/predicate.js'
import type { Selection } from './selection.js'

/**
 * Whether a selection is of all rows that it finds and asks only about these: what is true of a row when it is locked is
 * then true of it as long as it is.
 */
export function asksOnlyItself<E extends ObjectLiteral>({ parts, repository }: Selection<E>): boolean {
  const { sight, offset, limit, relations } = parts
  if (offset > 0 || limit !== undefined || relations.size > 0) return false
  return !asksBeside(repository.model) && sight.where.every((where) => relatedIn(where).length === 0)
}

const asksBeside = ({ scopes }: Model): boolean =>
  Object.values(scopes).some(({ where }) => relatedIn(where).length > 0)
