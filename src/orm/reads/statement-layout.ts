import type { ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import type { Sight } from '../scopes/sight.js'
import type { ReadRelation } from './read-member.js'
import type { ReadColumn } from './row-codec.js'

/** A table that is joined because rows refer to one of its rows. */
export interface JoinedTable {
  readonly alias: string
  /** The table whose rows hold the key; undefined where it is the main one. */
  readonly above: JoinedTable | undefined
  readonly relation: RelationMetadata
  readonly scope: ReadRelation['scope']
}

/** A value that a statement selects. */
interface Selected {
  readonly table: JoinedTable | undefined
  readonly read: ReadColumn
}

/** Which values a statement selects, in which order, and which tables it joins for them. */
export class StatementLayout {
  readonly #selected: Selected[] = []
  readonly #joined: JoinedTable[] = []

  get columns(): readonly ReadColumn[] {
    return this.#selected.map(({ read }) => read)
  }

  get width(): number {
    return this.#selected.length
  }

  get joined(): readonly JoinedTable[] {
    return this.#joined
  }

  /** The names of the values in the statement. */
  get names(): readonly string[] {
    return this.#selected.map((_, index) => nameOf(index))
  }

  /** Adds a value that is written, and gives where it stands. */
  add(read: ReadColumn, table: JoinedTable | undefined): number {
    return this.#selected.push({ read, table }) - 1
  }

  /** Gives where the value of a column stands; it is added where it is not selected yet. */
  find(column: ColumnMetadata, table: JoinedTable | undefined): number {
    const known = this.#selected.findIndex((one) => one.read.column === column && one.table === table)
    return known < 0 ? this.add({ column, kind: '', write: JSON.stringify }, table) : known
  }

  /** Where the value of a column of the main table stands; undefined where it is not selected. */
  placeOf(column: ColumnMetadata): number | undefined {
    const known = this.#selected.findIndex(({ read, table }) => read.column === column && table === undefined)
    return known < 0 ? undefined : known
  }

  /** Joins the table of the row that rows refer to; once, however often it is asked for. */
  join(relation: RelationMetadata, above: JoinedTable | undefined, scope?: ReadRelation['scope']): JoinedTable {
    const known = this.#joined.find((one) => one.relation === relation && one.above === above && one.scope === scope)
    if (known) return known
    const table = { alias: `read_from_${this.#joined.length}`, above, relation, scope }
    this.#joined.push(table)
    return table
  }

  /** Makes a statement select the values. @param sights how the joined tables are looked at, in their order. */
  select(builder: ScopedSelectQueryBuilder<ObjectLiteral>, sights: readonly (Sight | undefined)[] = []): void {
    for (const [index, { alias, above, relation }] of this.#joined.entries()) {
      builder.leftJoin(`${above?.alias ?? builder.alias}.${relation.propertyPath}`, alias)
      const sight = sights[index]
      if (sight) builder.guard = builder.guard.seeingJoined(sight, alias)
    }
    const [first, ...others] = this.#selected.map(({ read: { column }, table }) => {
      return `${builder.escape(table?.alias ?? builder.alias)}.${builder.escape(column.databaseName)}`
    })
    builder.select(first ?? '1', nameOf(0))
    for (const [index, selection] of others.entries()) builder.addSelect(selection, nameOf(index + 1))
  }
}

const nameOf = (index: number): string => `read_${index}`
