import type { ObjectLiteral } from 'typeorm'
import type { Selection } from '../selection.js'
import { type Condition, conditionSql } from './condition.js'
import { countUpTo, estimatedCount } from './count.js'
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
  /** Reads on from there; the rows come in the order of the list all the same. */
  readonly from?: Position
}

/** Rows of a list, and the values of their sort keys where they were asked for. */
export interface ListedRows<E> {
  readonly rows: readonly E[]
  readonly keys: readonly (readonly KeyValue[])[]
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
  async read({ limit, offset = 0, from }: ListSlice, withKeys: boolean): Promise<ListedRows<E>> {
    const statement = this.#statement()
    const columns = sortColumns(this.#options.keys, statement)
    const backwards = from?.backwards ?? false
    if (from) statement.builder.andWhere(keysetSql(columns, from, statement))
    orderStatement(columns, backwards, statement)
    statement.builder.limit(limit)
    if (offset > 0) statement.builder.offset(offset)
    if (withKeys) selectKeys(columns, statement)
    const { entities, raw } = await statement.builder.getRawAndEntities<Readonly<Record<string, unknown>>>()
    const keys = withKeys ? raw.map((row) => columns.map((_, index) => keyValue(row[keyName(index)]))) : []
    return backwards ? { rows: entities.toReversed(), keys: keys.toReversed() } : { rows: entities, keys }
  }

  /** How many rows there are, counted no further than a number. */
  countUpTo(most: number): Promise<number> {
    return countUpTo(this.#statement().builder, most)
  }

  /** How many rows there are. */
  count(): Promise<number> {
    return this.#statement().builder.getCount()
  }

  /** How many rows the engine expects by its statistics; undefined where it keeps none. */
  estimatedCount(): Promise<number | undefined> {
    return estimatedCount(this.#statement().builder)
  }

  #statement(): ListStatement<E> {
    const statement = new ListStatement(this.#selection.queryBuilder())
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

function keyValue(value: unknown): KeyValue {
  return typeof value === 'number' || typeof value === 'string' ? value : null
}
