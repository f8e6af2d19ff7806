import { matches, type RowData } from '../../../model/matches.js'
import { valueOf } from '../../../model/operand.js'
import type { Predicate } from '../../../model/predicate.js'
import type { AbsentRows } from './absence-condition.js'

/**
 * Whether rows that are written by one statement may be in each other's way: one is what must not be there for another, or that
 * cannot be told. Only rows that are equal in one property that a condition compares are looked at.
 * @param absent what must not be there for each row, in their order; what stands at one place was proposed by one rule.
 */
export function mayClash(
  table: AbsentRows['metadata'],
  rows: readonly RowData[],
  absent: readonly (readonly AbsentRows[])[],
): boolean {
  const [first = []] = absent
  return first.some(({ metadata, where }, place) => {
    if (metadata !== table) return false
    const way = comparedIn(where)
    return way === undefined || clash(rows, (row) => absent[row]?.[place]?.where, way)
  })
}

/** Where in a condition a property is compared with a value: the places of the parts that lead there. */
type Way = readonly number[]

function clash(rows: readonly RowData[], whereOf: (row: number) => Predicate | undefined, way: Way): boolean {
  const property = comparisonAt(whereOf(0), way)?.property
  const places = property === undefined ? undefined : placesBy(property, rows)
  return rows.some((_, row) => {
    const where = whereOf(row)
    const compared = comparisonAt(where, way)
    if (!places || !where || compared?.property !== property) return true
    const equal = places.get(scalar(compared!.value)) ?? []
    return equal.some((place) => place !== row && matches(where, rows[place]!))
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

function placesBy(property: string, rows: readonly RowData[]): ReadonlyMap<unknown, readonly number[]> {
  const places = new Map<unknown, number[]>()
  for (const [place, row] of rows.entries()) {
    const value = scalar(row[property])
    const known = places.get(value)
    if (known) known.push(place)
    else places.set(value, [place])
  }
  return places
}

const scalar = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value)
