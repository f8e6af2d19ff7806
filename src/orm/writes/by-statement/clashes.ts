import { copied } from '../../../helpers/copied.js'
import { matches, type RowData } from '../../../model/matches.js'
import { valueOf } from '../../../model/operand.js'
import type { Predicate } from '../../../model/predicate.js'
import type { AbsentRows } from './absence-condition.js'

/** A new row, and what is proposed for it. */
export interface ProposedRow {
  readonly row: RowData
  readonly values: RowData
  /** What must not be there for it. */
  readonly absent: readonly AbsentRows[]
}

/**
 * Whether rows that are written by one statement may be in each other's way: one is what must not be there for another, or that
 * cannot be told. Only rows that are equal in one property that a condition compares are looked at.
 * @param rows whose conditions stand in one order: what stands at one place was proposed by one rule.
 */
export function mayClash(table: AbsentRows['metadata'], rows: readonly ProposedRow[]): boolean {
  const absent = rows[0]?.absent ?? []
  return absent.some(({ metadata, where }, place) => {
    if (metadata !== table) return false
    const way = comparedIn(where)
    return way === undefined || clash(rows, place, way)
  })
}

/** Where in a condition a property is compared with a value: the places of the parts that lead there. */
type Way = readonly number[]

function clash(rows: readonly ProposedRow[], place: number, way: Way): boolean {
  const property = comparisonAt(rows[0]?.absent[place]?.where, way)?.property
  const byValue = property === undefined ? undefined : rowsBy(property, rows)
  return rows.some((one) => {
    const where = one.absent[place]?.where
    const compared = comparisonAt(where, way)
    if (!byValue || !where || compared?.property !== property) return true
    const equal = byValue.get(scalar(compared!.value)) ?? []
    return equal.some((other) => other !== one && matches(where, copied(other.row, other.values)))
  })
}

/** The way to a comparison that every row must meet; to one with a text where there is one, which tells more rows apart. */
function comparedIn(where: Predicate): Way | undefined {
  const ways = waysIn(where)
  return ways.find((way) => typeof comparisonAt(where, way)?.value === 'string') ?? ways[0]
}

function waysIn(where: Predicate): readonly Way[] {
  if ('path' in where) return []
  if (where.op === 'eq') return [[]]
  if (where.op !== 'all') return []
  return where.predicates.flatMap((part, place) => waysIn(part).map((way) => [place, ...way]))
}

function comparisonAt(where: Predicate | undefined, way: Way) {
  let part = where
  for (const place of way) part = part?.op === 'all' ? part.predicates[place] : undefined
  if (!part || 'path' in part || part.op !== 'eq') return undefined
  return { property: part.property, value: valueOf(part.value) }
}

function rowsBy(property: string, rows: readonly ProposedRow[]): ReadonlyMap<unknown, readonly ProposedRow[]> {
  const byValue = new Map<unknown, ProposedRow[]>()
  for (const one of rows) {
    const value = scalar(property in one.values ? one.values[property] : one.row[property])
    const known = byValue.get(value)
    if (known) known.push(one)
    else byValue.set(value, [one])
  }
  return byValue
}

const scalar = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value)
