import { ContextVariable } from '../helpers/context-variable.js'
import { identityOf } from './application.js'
import type { Contributed, Contributor, Model } from './model.js'
import type { PathOperand, Predicate } from './predicate.js'

/** A model as a plain object that can be printed, compared and written as JSON. */
export interface ModelDescription {
  readonly entity: string
  readonly traits: readonly { readonly name: string; readonly declaredOn: string; readonly place: string }[]
  readonly columns: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly indexes: readonly Readonly<Record<string, unknown>>[]
  readonly scopes: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly views: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly ordering: readonly string[]
  readonly rules: Readonly<Record<keyof Model['rules'], readonly string[]>>
  readonly tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly verbs: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** By property: what becomes of rows when the row they refer to is deleted. */
  readonly deletions: Readonly<Record<string, string>>
  /** By property: what queries make of hidden rows that a relation leads to. */
  readonly relationLooks: Readonly<Record<string, string>>
}

/** Everything that was compiled for an entity, and which trait contributed each part. */
export function describeModel(model: Model): ModelDescription {
  return {
    entity: model.name,
    traits: model.traits.map((applied) => ({
      name: identityOf(applied),
      declaredOn: applied.declaredOn.name,
      place: applied.place,
    })),
    columns: each(model.columns, ({ generated, ...column }) => ({
      ...column,
      ...(generated && { generated: sentence(generated) }),
    })),
    indexes: model.indexes.map((index) =>
      owned(index, ({ where, ...part }) => ({ ...part, ...(where && { where: sentence(where) }) })),
    ),
    scopes: each(model.scopes, ({ where, ...scope }) => ({ where: sentence(where), ...scope })),
    views: each(model.views, ({ where, make, ...view }) => ({
      ...view,
      ...(where && { where: sentence(where) }),
      ...(make && { parameterised: true }),
    })),
    ordering: model.ordering.map(({ property, direction }) => (direction === 'DESC' ? `-${property}` : property)),
    rules: {
      insert: model.rules.insert.map(by),
      update: model.rules.update.map(by),
      delete: model.rules.delete.map(by),
      enter: model.rules.enter.map(grouped),
      leave: model.rules.leave.map(grouped),
      written: model.rules.written.map(by),
      linked: model.rules.linked.map(by),
    },
    tables: each(model.tables, (table) => table),
    verbs: each(model.verbs, ({ input, requires, without, hard }) => ({
      input,
      ...(requires && { requires: sentence(requires.where) }),
      ...(without && { without }),
      ...(hard && { hard }),
    })),
    deletions: Object.fromEntries(Object.entries(model.deletions).map(([property, { policy }]) => [property, policy])),
    relationLooks: Object.fromEntries(
      Object.entries(model.relationLooks).map(([property, { whenHidden }]) => [property, whenHidden]),
    ),
  }
}

/** A predicate as people read it, e.g. `(deletedAt is null and tenantId = $tenant)`. */
function sentence(predicate: Predicate): string {
  switch (predicate.op) {
    case 'all':
      return joined(predicate.predicates, ' and ', 'always')
    case 'any':
      return joined(predicate.predicates, ' or ', 'never')
    case 'not':
      return `not ${sentence(predicate.predicate)}`
    case 'isNull':
      return `${subject(predicate)} is null`
    case 'exists':
      return `${subject(predicate)} exists`
    case 'related':
      return `${predicate.relation}${predicate.view ? ` in ${predicate.view}` : ''} with ${sentence(predicate.where)}`
    case 'contains':
      return `${subject(predicate)} contains ${operandText(predicate.value)}`
    case 'in':
      return `${subject(predicate)} in (${predicate.values.map(operandText).join(', ')})`
    default:
      return `${subject(predicate)} ${symbols[predicate.op]} ${operandText(predicate.value)}`
  }
}

const symbols = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

function subject({ property, path = [] }: { readonly property: string; readonly path?: readonly string[] }): string {
  return property + path.map((name) => (/^\w+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)).join('')
}

function joined(predicates: readonly Predicate[], word: string, empty: string): string {
  return predicates.length === 0 ? empty : `(${predicates.map(sentence).join(word)})`
}

function operandText(operand: PathOperand): string {
  if (operand instanceof ContextVariable) return `$${operand.name}`
  return operand instanceof Date ? operand.toISOString() : JSON.stringify(operand)
}

const by = ({ contributor }: { readonly contributor: Contributor }): string => identityOf(contributor)

/** A rule of rows that pass, with what makes its groups: `Orderable by listId`. */
function grouped(rule: Model['rules']['enter' | 'leave'][number]): string {
  return rule.by && rule.by.length > 0 ? `${by(rule)} by ${rule.by.join(', ')}` : by(rule)
}

function owned<T>(
  { contributor, ...part }: Contributed<T>,
  plain: (part: Omit<Contributed<T>, 'contributor'>) => object,
) {
  return { ...plain(part), contributor: identityOf(contributor) }
}

function each<T>(
  parts: Readonly<Record<string, Contributed<T>>>,
  plain: (part: Omit<Contributed<T>, 'contributor'>) => object,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, owned(part, plain)]))
}
