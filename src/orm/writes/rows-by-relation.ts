import type { EntityMetadata } from 'typeorm'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { any, matching } from '../../model/predicate.js'
import type { AmongRelated, RelatedRows, WriteContext } from '../../model/rule-context.js'
import { heldKeysText } from '../key-text.js'
import { chunks, longestList } from './groups.js'
import { requireManaged } from './managed.js'
import { RowsBeside } from './rows-beside.js'
import { type Connection, RowsOfTable } from './rule-table.js'
import type { WriteBuilder } from './write.js'

/** The call a rule belongs to, as far as the rows of other entities are concerned. */
interface Call {
  readonly builder: WriteBuilder
  readonly connection: Connection
  readonly context: WriteContext
}

/** The rows that a relation with the key on this side leads to. */
export class RowsByRelation implements RelatedRows {
  readonly model: Model
  readonly #call: Call
  readonly #relation: RelationMetadata
  readonly #metadata: EntityMetadata
  readonly #beside: RowsBeside

  constructor(call: Call, relation: RelationMetadata, model: Model) {
    this.#call = call
    this.#relation = relation
    this.#metadata = relation.inverseEntityMetadata
    this.model = model
    this.#beside = new RowsBeside(call, this.#metadata, model)
  }

  async update(values: RowData, of: readonly RowData[], { among, ruled }: AmongRelated = {}): Promise<number> {
    if (ruled === false) requireManaged(this.model, values)
    return this.#beside.update(values, await this.#rows(of), among === 'stored' ? 'everything' : 'visible', ruled)
  }

  async touch(of: readonly RowData[]): Promise<number> {
    return this.#beside.canBeTouched ? this.#beside.touch(await this.#rows(of)) : 0
  }

  /** The primary keys of the rows that others refer to. */
  async #rows(of: readonly RowData[]): Promise<readonly RowData[]> {
    const referred = this.#referred(of)
    const primary = new Set(this.#metadata.primaryColumns)
    const { joinColumns } = this.#relation
    if (
      joinColumns.length === primary.size &&
      joinColumns.every(({ referencedColumn }) => primary.has(referencedColumn!))
    )
      return referred
    const table = new RowsOfTable(this.#call.connection, this.#metadata, this.model)
    const found: RowData[] = []
    for (const chunk of chunks(referred, longestList)) {
      found.push(...(await table.rows(any(...chunk.map((values) => matching(values as never))))))
    }
    return found
  }

  /** What rows refer to, each once: the values of the columns that the relation's keys name. */
  #referred(of: readonly RowData[]): readonly RowData[] {
    const { joinColumns } = this.#relation
    const textOf = heldKeysText(joinColumns.map(({ referencedColumn }) => referencedColumn!))
    const found = new Map<string, RowData>()
    for (const row of of) {
      const values = joinColumns.map((column) => column.getEntityValue(row) as unknown)
      if (values.some((value) => value === null || value === undefined)) continue
      const named = joinColumns.map((column, index) => [column.referencedColumn!.propertyPath, values[index]] as const)
      found.set(textOf(values), Object.fromEntries(named))
    }
    return [...found.values()]
  }
}
