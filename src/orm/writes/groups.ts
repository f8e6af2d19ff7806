import type { RowData } from '../../model/matches.js'
import type { RowChange } from './row-change.js'

/** Rows that one statement can write, because their values and guards are equal. */
export interface Group {
  readonly values: RowData
  readonly guard: RowData
  readonly rows: readonly RowData[]
}

/** Engines limit the parameters of a statement; SQLite's limit, 32766, is the lowest. */
export const longestList = 500

/** Puts changes that are equal together, in the order in which they come, at most 500 rows in a group. */
export function groupsOf(changes: readonly RowChange[]): readonly Group[] {
  const keyOf = equalityKeys()
  const groups = new Map<string, RowChange[]>()
  for (const change of changes) {
    const key = keyOf([change.values, change.guard])
    const group = groups.get(key)
    if (group) group.push(change)
    else groups.set(key, [change])
  }
  return [...groups.values()].flatMap((group) => chunks(group, longestList).map(together))
}

function together(changes: readonly RowChange[]): Group {
  const { values = {}, guard = {} } = changes[0] ?? {}
  return { values, guard, rows: changes.map(({ before }) => before) }
}

/** Parts of a list of at most `size` items. */
export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

/** Makes text that is equal for equal values. Functions, which stand for SQL, are equal only to themselves. */
function equalityKeys(): (value: unknown) => string {
  const functions: unknown[] = []
  return (value) =>
    JSON.stringify(value, (_, part: unknown) => {
      if (typeof part === 'bigint') return `${part}n`
      if (typeof part !== 'function') return part
      if (!functions.includes(part)) functions.push(part)
      return `function ${functions.indexOf(part)}`
    })
}
