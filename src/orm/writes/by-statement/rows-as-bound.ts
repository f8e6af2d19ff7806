import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { isStorable } from '../../../model/path.js'
import type { ValueList } from './value-list.js'

/** The affinities of columns in SQLite, by what is in the names of their types, in the order in which SQLite looks. */
const affinities = [
  [/INT/i, 'integer'],
  [/CHAR|CLOB|TEXT/i, 'text'],
  [/BLOB|^$/i, 'blob'],
  [/REAL|FLOA|DOUB/i, 'real'],
] as const

type Affinity = (typeof affinities)[number][1] | 'numeric'

const known = new WeakMap<ColumnMetadata, Affinity>()

function affinityOf(column: ColumnMetadata): Affinity {
  const affinity = known.get(column) ?? affinityByType(column)
  known.set(column, affinity)
  return affinity
}

function affinityByType(column: ColumnMetadata): Affinity {
  const type = column.entityMetadata.dataSource.driver.normalizeType(column)
  return affinities.find(([name]) => name.test(type))?.[1] ?? 'numeric'
}

/**
 * The rows that an INSERT of lists leaves behind on SQLite, as a statement would give them; undefined where SQLite may store a value
 * otherwise than it is bound, or makes one itself. Its triggers cannot change what is inserted but by another write, which no
 * RETURNING shows either.
 * @param columns what is to be known of each row.
 */
export function rowsAsBound(
  lists: readonly ValueList[],
  columns: readonly ColumnMetadata[],
): readonly (readonly unknown[])[] | undefined {
  const kept: (readonly unknown[])[] = []
  for (const column of columns) {
    const list = lists.find((one) => one.column === column)
    const values = list && keptValues(list)
    if (!values) return undefined
    kept.push(values)
  }
  return kept[0]?.map((_, row) => kept.map((values) => values[row]))
}

/** The values of a column as they are read again; undefined where they may be others. */
function keptValues({ column, values, around }: ValueList): readonly unknown[] | undefined {
  if (around?.some((text) => text !== '')) return undefined
  const affinity = affinityOf(column)
  const kept: unknown[] = []
  for (const value of values) {
    // Numbers are given as numbers, however they were bound.
    const given = typeof value === 'bigint' ? Number(value) : value
    if (!isKept(given, affinity)) return undefined
    kept.push(given)
  }
  return kept
}

function isKept(value: unknown, affinity: Affinity): boolean {
  if (typeof value === 'string') return isKeptText(value, affinity)
  return value === null || (typeof value === 'number' && isKeptNumber(value, affinity))
}

/** Columns of text make texts of numbers, and there is no negative zero among whole numbers. */
function isKeptNumber(value: number, affinity: Affinity): boolean {
  const isExact = Number.isSafeInteger(value) || !Number.isInteger(value)
  return isExact && !Object.is(value, -0) && affinity !== 'text' && affinity !== 'blob'
}

/** Text in a column of numbers becomes one where it is written like one, which begins with a digit, a sign or a point. */
function isKeptText(text: string, affinity: Affinity): boolean {
  if (!isStorable(text)) return false
  return affinity === 'text' || affinity === 'blob' || !/^\s*[-+.\d]/.test(text) || /^\d{4}-/.test(text)
}
