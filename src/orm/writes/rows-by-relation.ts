import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import type { AmongRelated, RelatedRows, WriteContext } from '../../model/rule-context.js'
import { requireManaged } from './managed.js'
import { referredKeys } from './referred-keys.js'
import { RowsBeside } from './rows-beside.js'
import type { Connection } from './rule-table.js'
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
  readonly #beside: RowsBeside

  constructor(call: Call, relation: RelationMetadata, model: Model) {
    this.#call = call
    this.#relation = relation
    this.model = model
    this.#beside = new RowsBeside(call, relation.inverseEntityMetadata, model)
  }

  async update(values: RowData, of: readonly RowData[], { among, ruled }: AmongRelated = {}): Promise<number> {
    if (ruled === false) requireManaged(this.model, values)
    return this.#beside.update(values, await this.#rows(of), among === 'stored' ? 'everything' : 'visible', ruled)
  }

  async touch(of: readonly RowData[]): Promise<number> {
    return this.#beside.canBeTouched ? this.#beside.touch(await this.#rows(of)) : 0
  }

  #rows(of: readonly RowData[]): Promise<readonly RowData[]> {
    return referredKeys(this.#call.connection, this.#relation, this.model, of)
  }
}
