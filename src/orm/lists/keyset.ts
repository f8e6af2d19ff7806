import type { Slot } from '../reads/slot.js'
import type { ListStatement } from './list-statement.js'
import type { SortColumn } from './sort-key.js'

/** The value of a sort key of one row, exactly as the database has it; numbers only where text would lose digits. */
export type KeyValue = string | number | null

/** A place between rows: beside the row with these values. */
export interface Position {
  readonly values: readonly (KeyValue | Slot)[]
  /** Whether the rows in front of it are meant, and not those behind it. */
  readonly backwards: boolean
}

/** That a row stands behind a place, or in front of it, as SQL in parentheses. */
export function keysetSql(columns: readonly SortColumn[], from: Position, statement: ListStatement): string {
  const bound = columns.map((column, index) => boundColumn(column, from.values[index] ?? null, statement))
  const [first] = bound
  if (!first) throw new Error('Rows without an order have no places.')
  const uniform = columns.every(({ direction, nullable }) => direction === columns[0]?.direction && !nullable)
  if (uniform && statement.engine.comparesRows) return rowComparison(bound, from.backwards)
  const beyond = bound.map((one, index) =>
    all([...bound.slice(0, index).map(equalSql), beyondSql(one, from.backwards)]),
  )
  // The first condition alone says nothing new, but is what an index finds the rows by.
  return all([notBeforeSql(first, from.backwards), any(beyond)])
}

interface BoundColumn extends SortColumn {
  readonly value: KeyValue | Slot
  /** The value in SQL. */
  readonly operand: string
}

function boundColumn(column: SortColumn, value: KeyValue | Slot, { bind, engine }: ListStatement): BoundColumn {
  return { ...column, value, operand: value === null ? 'NULL' : engine.operand(bind(value), column.path.kind) }
}

function rowComparison(bound: readonly BoundColumn[], backwards: boolean): string {
  const symbol = symbolOf(bound[0]!, backwards)
  return `(${list(bound.map(({ expression }) => expression))} ${symbol} ${list(bound.map(({ operand }) => operand))})`
}

const symbolOf = ({ direction }: SortColumn, backwards: boolean): '<' | '>' =>
  (direction === 'ASC') === backwards ? '<' : '>'

const equalSql = ({ expression, operand, value }: BoundColumn): string =>
  value === null ? `${expression} IS NULL` : `${expression} = ${operand}`

/** That a row stands beyond a value: nulls stand behind every value. */
function beyondSql(bound: BoundColumn, backwards: boolean): string {
  const { expression, operand, value, nullable } = bound
  if (value === null) return backwards ? `${expression} IS NOT NULL` : '1=0'
  const compared = `${expression} ${symbolOf(bound, backwards)} ${operand}`
  return nullable && !backwards ? any([compared, `${expression} IS NULL`]) : compared
}

/** That a row stands beyond a value, or at it. */
function notBeforeSql(bound: BoundColumn, backwards: boolean): string {
  const { expression, operand, value, nullable } = bound
  if (value === null) return backwards ? '1=1' : `${expression} IS NULL`
  const compared = `${expression} ${symbolOf(bound, backwards)}= ${operand}`
  return nullable && !backwards ? any([compared, `${expression} IS NULL`]) : compared
}

const list = (parts: readonly string[]): string => `(${parts.join(', ')})`
const all = (parts: readonly string[]): string => `(${parts.join(' AND ')})`
const any = (parts: readonly string[]): string => `(${parts.join(' OR ')})`
