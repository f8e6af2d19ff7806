import type { ObjectLiteral } from 'typeorm'
import type { Bindings } from '../reads/binding.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import type { Selection } from '../selection.js'
import { type Condition, conditionSql } from './condition.js'
import { countUpTo } from './count.js'
import { type KeyValue, keysetSql, type Position } from './keyset.js'
import { ListStatement } from './list-statement.js'
import { orderStatement, type SortColumn, type SortKey, sortColumns } from './sort-key.js'

/** A condition that is written by its author, as SQL. */
export type WrittenCondition = (statement: ListStatement) => string

/** Which rows of a selection are listed, and in which order. */
export interface ListOptions {
  readonly conditions: readonly (Condition | WrittenCondition)[]
  /** No two rows may be equal in all of them. */
  readonly keys: readonly SortKey[]
}

/** Where a list is read. */
export interface ListSlice {
  readonly limit: number
  readonly offset?: number
  /** Whether it is to be known if rows stand beyond the slice. */
  readonly looksAhead?: boolean
  /** Reads on from there; the rows come in the order of the list all the same. */
  readonly from?: Position
}

/** Rows of a list, and the values of their sort keys where they were asked for. */
export interface ListedRows<E> {
  readonly rows: readonly E[]
  readonly keys: readonly (readonly KeyValue[])[]
  /** Whether rows stand beyond them, where the slice looks ahead. */
  readonly goesOn: boolean
}

/** How many rows are read for a slice: one more says whether there are others beyond. */
export function rowsToRead({ limit, looksAhead = false }: ListSlice): number {
  return looksAhead ? limit + 1 : limit
}

interface StatementOptions {
  readonly withKeys: boolean
  /** Selects something else than the rows. */
  readonly select?: (builder: ScopedSelectQueryBuilder<ObjectLiteral>) => void
  /** Where it is noted what parameters stand for. */
  readonly bindings?: Bindings
}

/** A selection that is narrowed and ordered by a caller. */
export class ListQuery<E extends ObjectLiteral> {
  readonly #selection: Selection<E>
  readonly #options: ListOptions

  constructor(selection: Selection<E>, options: ListOptions) {
    this.#selection = selection
    this.#options = options
  }

  /** Reads rows; a place to read on from may be in front of them. */
  async read(slice: ListSlice, withKeys: boolean): Promise<ListedRows<E>> {
    const { builder } = this.statement(slice, { withKeys })
    const { entities, raw } = await builder.getRawAndEntities<Readonly<Record<string, unknown>>>()
    const goesOn = entities.length > slice.limit
    const rows = goesOn ? entities.slice(0, slice.limit) : entities
    const names = this.#options.keys.map((_, index) => keyName(index))
    const keys = withKeys ? rows.map((_, index) => names.map((name) => keyValue(raw[index]![name]))) : []
    return slice.from?.backwards ? { rows: rows.toReversed(), keys: keys.toReversed(), goesOn } : { rows, keys, goesOn }
  }

  /** The SELECT of a slice. Where its place is in front of the rows, they come from the end. */
  statement(slice: ListSlice, { withKeys, select, bindings }: StatementOptions): ListStatement<E> {
    const { offset = 0, from } = slice
    const statement = this.#statement(bindings)
    const columns = sortColumns(this.#options.keys, statement)
    if (from) statement.builder.andWhere(keysetSql(columns, from, statement))
    orderStatement(columns, from?.backwards ?? false, statement)
    statement.builder.limit(rowsToRead(slice))
    if (offset > 0) statement.builder.offset(offset)
    select?.(statement.builder)
    if (withKeys) selectKeys(columns, statement)
    return statement
  }

  /** A builder for all rows, in no order. */
  unordered(bindings?: Bindings): ScopedSelectQueryBuilder<E> {
    return this.#statement(bindings).builder.orderBy()
  }

  /** How many rows there are, counted no further than a number. */
  countUpTo(most: number): Promise<number> {
    return countUpTo(this.#statement().builder, most)
  }

  /** How many rows there are. */
  count(): Promise<number> {
    return this.#statement().builder.getCount()
  }

  #statement(bindings?: Bindings): ListStatement<E> {
    const statement = new ListStatement(this.#selection.queryBuilder())
    statement.builder.bindings = bindings
    statement.builder.skip(undefined).take(undefined)
    for (const condition of this.#options.conditions) {
      const sql = typeof condition === 'function' ? condition(statement) : conditionSql(condition, statement)
      statement.builder.andWhere(sql)
    }
    return statement
  }
}

const keyName = (index: number): string => `list_key_${index}`

function selectKeys(columns: readonly SortColumn[], { builder, engine }: ListStatement): void {
  for (const [index, { expression, path }] of columns.entries()) {
    builder.addSelect(engine.exact(expression, path.kind), keyName(index))
  }
}

/** The value of a sort key as a driver gives it. */
export function keyValue(value: unknown): KeyValue {
  return typeof value === 'number' || typeof value === 'string' ? value : null
}
