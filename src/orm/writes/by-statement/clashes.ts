import { matches, type RowData } from '../../../model/matches.js'
import { valueOf } from '../../../model/operand.js'
import type { Predicate } from '../../../model/predicate.js'
import type { AbsentRows } from './absence-condition.js'

/**
 * Whether rows that are written by one statement may be in each other's way: one is what must not be there for another, or that
 * cannot be told. Only rows that are equal in one property that a condition compares are looked at.
 * @param absent what must not be there for each row, in their order.
 */
export function mayClash(
  table: AbsentRows['metadata'],
  rows: readonly RowData[],
  absent: readonly (readonly AbsentRows[])[],
): boolean {
  const indexes = new Map<string, ReadonlyMap<unknown, readonly number[]>>()
  return absent.some((asked, own) =>
    asked.some(({ metadata, where }) => {
      if (metadata !== table) return false
      const compared = comparedIn(where)
      if (!compared) return true
      const [property, value] = compared
      const index = indexes.get(property) ?? placesBy(property, rows)
      indexes.set(property, index)
      const places = index.get(scalar(value)) ?? []
      return places.some((place) => place !== own && matches(where, rows[place]!))
    }),
  )
}

/** A property that a row must have a value of to meet a condition; the most telling one stands last. */
function comparedIn(where: Predicate): readonly [property: string, value: unknown] | undefined {
  if ('path' in where) return undefined
  if (where.op === 'eq') return [where.property, valueOf(where.value)]
  if (where.op !== 'all') return undefined
  const compared = where.predicates.flatMap((part) => {
    const found = comparedIn(part)
    return found ? [found] : []
  })
  return compared.find(([, value]) => typeof value === 'string') ?? compared[0]
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
