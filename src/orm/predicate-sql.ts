import { UsageError } from '../errors/usage-error.js'
import { jsonValueOf } from '../model/operand.js'
import type { Comparison, Operand, PathPredicate, Predicate, RelatedPredicate } from '../model/predicate.js'
import type { PathValue } from '../model/scope.js'
import type { Dialect } from './dialects/dialect.js'
import { type Bind, indexedLength, type JsonTest } from './dialects/json-dialect.js'

/** A column as a predicate names it. */
export interface ColumnTerm {
  /** The escaped and qualified name. */
  readonly sql: string
  readonly nullable: boolean
  /** Whether it holds text, whose comparison depends on a collation. */
  readonly text: boolean
}

/** How a predicate's properties and operands are written. */
export interface Terms {
  readonly dialect: Pick<Dialect, 'exactText' | 'json'>
  column(property: string): ColumnTerm
  /** The operand as a literal or as the name of a bound parameter. */
  value(operand: Operand, property: string): string
  /** The column of an index over what stands at a path, as SQL; undefined where there is no such index. */
  indexed?(property: string, path: readonly string[], holds: PathValue): string | undefined
  /** A value that is no column's, in the same way. */
  readonly plain: Bind
  /** EXISTS over the rows a relation leads to; where it is left out, predicates about other rows cannot be asked. */
  related?(predicate: RelatedPredicate): string
}

/**
 * A predicate as SQL, in parentheses. It is true of a stored row exactly where `matches` is true of the row in memory:
 * negations are pushed to the comparisons, because NOT of a comparison with null is not true in SQL.
 * Where `matches` is false the SQL is false or null.
 */
export function predicateSql(predicate: Predicate, terms: Terms): string {
  return `(${compiled(predicate, false, terms)})`
}

const always = '1=1'
const never = '1=0'
const symbols = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const
const opposites = { eq: 'ne', ne: 'eq', lt: 'gte', lte: 'gt', gt: 'lte', gte: 'lt' } as const

function compiled(predicate: Predicate, negated: boolean, terms: Terms): string {
  if ('path' in predicate)
    return negated ? `NOT ${atPath(predicate, { ...terms, indexed: none })}` : atPath(predicate, terms)
  switch (predicate.op) {
    case 'all':
    case 'any':
      return joined(predicate.predicates, (predicate.op === 'all') !== negated, negated, terms)
    case 'not':
      return compiled(predicate.predicate, !negated, terms)
    case 'isNull':
      return `${terms.column(predicate.property).sql} IS ${negated ? 'NOT NULL' : 'NULL'}`
    case 'related':
      return `${negated ? 'NOT ' : ''}${existsRelated(predicate, terms)}`
    case 'in':
      return membership(predicate.property, predicate.values, negated, terms)
    default:
      return comparison(predicate, negated, terms)
  }
}

function joined(parts: readonly Predicate[], every: boolean, negated: boolean, terms: Terms): string {
  if (parts.length === 0) return every ? always : never
  const [only, ...others] = parts.map((part) => compiled(part, negated, terms))
  if (others.length === 0) return only ?? always
  return `(${[only, ...others].join(every ? ' AND ' : ' OR ')})`
}

function existsRelated(predicate: RelatedPredicate, terms: Terms): string {
  if (terms.related) return terms.related(predicate)
  throw new UsageError(
    'E_RELATED_CONDITION',
    `A condition about "${predicate.relation}", other rows, can be asked in queries alone.`,
  )
}

const none = () => undefined

/**
 * A condition on what stands at a path. Where indexes are left out it is never null, so NOT is its negation; what an index
 * knows of it stands in front, and is null where the rest is not true.
 */
function atPath(predicate: PathPredicate, terms: Terms): string {
  const { property, path } = predicate
  const document = terms.column(property).sql
  const exact = (asked: JsonTest) => terms.dialect.json.test(document, path, asked, terms.plain)
  const test = (asked: JsonTest) => {
    const known = byIndex(predicate, asked, terms)
    return known ? `(${known} AND ${exact(asked)})` : exact(asked)
  }
  switch (predicate.op) {
    case 'exists':
      return test({ op: 'exists' })
    case 'isNull':
      return test({ op: 'eq', value: null })
    case 'in': {
      const tests = predicate.values.map((value) => test({ op: 'eq', value: jsonValueOf(value) }))
      return `(${tests.join(' OR ') || never})`
    }
    case 'ne':
      return `(NOT ${exact({ op: 'eq', value: jsonValueOf(predicate.value) })})`
    case 'eq':
    case 'contains':
      return test({ op: predicate.op, value: jsonValueOf(predicate.value) })
    default:
      return inOrder(predicate.op, jsonValueOf(predicate.value), test)
  }
}

/** What an index over the path says of a comparison: of texts it holds the first characters, so it knows less. */
function byIndex({ property, path }: PathPredicate, asked: JsonTest, terms: Terms): string | undefined {
  if (asked.op === 'exists' || asked.op === 'contains') return undefined
  const { op, value } = asked
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const column = terms.indexed?.(property, path, typeof value === 'string' ? 'text' : 'number')
  if (column === undefined) return undefined
  if (typeof value === 'number') return `${column} ${symbols[op]} ${terms.plain(value)}`
  return `${column} ${loosened[op]} ${terms.plain(Array.from(value).slice(0, indexedLength).join(''))}`
}

const loosened = { eq: '=', lt: '<=', lte: '<=', gt: '>=', gte: '>=' } as const

function inOrder(op: 'lt' | 'lte' | 'gt' | 'gte', value: unknown, test: (asked: JsonTest) => string): string {
  return typeof value === 'string' || typeof value === 'number' ? test({ op, value }) : `(${never})`
}

function comparison(
  { op, property, value }: { readonly op: Comparison; readonly property: string; readonly value: Operand },
  negated: boolean,
  terms: Terms,
): string {
  const effective = negated ? opposites[op] : op
  const column = terms.column(property)
  const operand = terms.value(value, property)
  const exact = exactly(column, effective === 'eq' || effective === 'ne' ? 'equality' : 'order', terms)
  const tested = `${exact ?? column.sql} ${symbols[effective]} ${operand}`
  // Only a plain comparison can use an index of the column, so it stands beside the exact one.
  if (effective === 'eq') return exact ? `(${column.sql} = ${operand} AND ${tested})` : tested
  return orAbsent(tested, column, effective === 'ne' || negated)
}

function membership(property: string, values: readonly Operand[], negated: boolean, terms: Terms): string {
  if (values.length === 0) return negated ? always : never
  const column = terms.column(property)
  const list = `(${values.map((value) => terms.value(value, property)).join(', ')})`
  const exact = exactly(column, 'equality', terms)
  if (negated) return orAbsent(`${exact ?? column.sql} NOT IN ${list}`, column, true)
  const tested = `${column.sql} IN ${list}`
  return exact ? `(${tested} AND ${exact} IN ${list})` : tested
}

function exactly(column: ColumnTerm, kind: 'equality' | 'order', { dialect }: Terms): string | undefined {
  return column.text ? dialect.exactText?.(column.sql, kind) : undefined
}

function orAbsent(sql: string, column: ColumnTerm, absentToo: boolean): string {
  return absentToo && column.nullable ? `(${sql} OR ${column.sql} IS NULL)` : sql
}
