import { counterKey, isRank, type Law, type RowData, type RowsInSight } from 'plinth'
import type { OrderOptions } from './order-options.js'

/** The properties by which an order is kept. */
interface Places {
  readonly place: string
  readonly memory: string
}

/** What is promised of the positions of all rows together. */
export function positionLaws(places: Places, options: OrderOptions): readonly Law[] {
  return [
    {
      problem: 'a list is not numbered 1, 2, 3',
      holds: (rows) =>
        lists(rows, places, options).every((list) => {
          const numbers = new Set(list.map((row) => row[places.place]))
          return list.every((_, index) => numbers.has(index + 1))
        }),
    },
    ...memoryLaws(places, options),
  ]
}

/** What is promised of the ranks of all rows together. */
export function rankLaws(places: Places, longest: number, options: OrderOptions): readonly Law[] {
  return [
    {
      problem: 'rows of a list have the same rank, or one that is not written as ranks are',
      holds: (rows) =>
        lists(rows, places, options).every((list) => {
          const ranks = list.map((row) => String(row[places.place]))
          return new Set(ranks).size === ranks.length && ranks.every((rank) => rank.length <= longest && isRank(rank))
        }),
    },
    ...memoryLaws(places, options),
  ]
}

function memoryLaws({ place, memory }: Places, { onHide }: OrderOptions): readonly Law[] {
  const standing = ({ stored }: RowsInSight) => stored.filter((row) => row[place] !== null)
  const hidden: Law = {
    problem: 'a hidden row stands in a list',
    holds: (rows) => standing(rows).every((row) => rows.visible.includes(row)),
  }
  return [
    ...(onHide === 'leave' ? [hidden] : []),
    {
      problem: 'a row that stands in a list remembers where it was',
      holds: (rows) => standing(rows).every((row) => row[memory] === null),
    },
  ]
}

/** The rows that stand in lists, list by list. */
function lists(
  { visible, stored }: RowsInSight,
  { place }: Places,
  { within, onHide }: OrderOptions,
): readonly (readonly RowData[])[] {
  const rows = (onHide === 'keep' ? stored : visible).filter((row) => row[place] !== null)
  const found = new Map<string, RowData[]>()
  for (const row of rows) {
    const key = counterKey(...within.map((property) => row[property]))
    found.set(key, [...(found.get(key) ?? []), row])
  }
  return [...found.values()]
}
