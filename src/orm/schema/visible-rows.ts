import { ContextVariable } from '../../helpers/context-variable.js'
import type { Contributor, Model } from '../../model/model.js'
import { all, isStatic, type Predicate } from '../../model/predicate.js'

/**
 * The rows of an entity that its default scopes show, as an index can say it. The static scopes together become a
 * condition. A scope that compares a property with a context variable shows each context the rows with its own value, so the property
 * becomes part of what is unique: with a tenant scope a value is unique within each tenant.
 */
export interface VisibleRows {
  /** Undefined when every row is covered. */
  readonly where: Predicate | undefined
  /** Properties to put in front of the index. */
  readonly properties: readonly string[]
  /** The default scopes that neither rule can express. */
  readonly inexpressible: readonly { readonly name: string; readonly contributor: Contributor }[]
}

/** Which rows a unique index over the visible rows of an entity covers. */
export function visibleRows(model: Model): VisibleRows {
  const defaults = Object.entries(model.scopes).filter(([, scope]) => scope.default || scope.locked)
  const parts = defaults.flatMap(([name, { where, contributor }]) =>
    conjuncts(where).map((part) => ({ name, contributor, part, property: contextProperty(part) })),
  )
  const where = parts.filter(({ part }) => isStatic(part)).map(({ part }) => part)
  return {
    where: where.length > 0 ? all(...where) : undefined,
    properties: [...new Set(parts.flatMap(({ property }) => property ?? []))],
    inexpressible: parts.filter(({ part, property }) => !isStatic(part) && property === undefined),
  }
}

function conjuncts(predicate: Predicate): readonly Predicate[] {
  return predicate.op === 'all' ? predicate.predicates.flatMap(conjuncts) : [predicate]
}

function contextProperty(predicate: Predicate): string | undefined {
  return predicate.op === 'eq' && !('path' in predicate) && predicate.value instanceof ContextVariable
    ? predicate.property
    : undefined
}
