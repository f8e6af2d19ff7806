import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { Id } from '../../../model/verb.js'
import type { ModelDataSource } from '../../data-source.js'
import type { RawRows } from '../../reads/engines/read-engine.js'
import { parsed } from './answers.js'
import type { RowReader } from './entity-reader.js'

/** Reads the keys alone of rows that a statement has written, for whoever wants no more of them. */
export class KeyReader implements RowReader<Id> {
  readonly read: readonly ColumnMetadata[]
  readonly names: string

  /** @param metadata of an entity with one primary column. */
  constructor({ driver }: ModelDataSource, { primaryColumns }: EntityMetadata) {
    this.read = primaryColumns
    this.names = primaryColumns.map(({ databaseName }) => driver.escape(databaseName)).join(', ')
  }

  first(raw: RawRows): Id | undefined {
    return this.all(raw)[0]
  }

  all(raw: RawRows): readonly Id[] {
    const [column] = this.read
    const { driver } = column!.entityMetadata.dataSource
    return raw.rows.map((row) => driver.prepareHydratedValue(parsed(raw, row, 0), column!) as Id)
  }

  keyOf(key: Id): Id {
    return key
  }
}
