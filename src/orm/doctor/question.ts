import type { EntityMetadata } from 'typeorm'
import type { Contributor, Model } from '../../model/model.js'
import type { ModelDataSource } from '../data-source.js'
import { columnOf } from '../schema/column-terms.js'

/** An entity as the doctor looks at it: the rows of its table, whatever its scopes show. */
export interface Patient {
  readonly dataSource: ModelDataSource
  readonly metadata: EntityMetadata
  readonly model: Model
}

/** Something that no row may be. */
export interface Question {
  readonly problem: string
  readonly remedy: string
  readonly contributor?: Contributor
  /** The columns of the table it reads. */
  readonly columns: readonly string[]
  /** In SQL over the entity's own table: true of the rows that are wrong. */
  readonly condition: string
}

/** The escaped name of the table of an entity. */
export function tableOf({ dataSource, metadata }: Pick<Patient, 'dataSource' | 'metadata'>): string {
  return metadata.tablePath
    .split('.')
    .map((part) => dataSource.driver.escape(part))
    .join('.')
}

/** The names of the columns of properties, without those an entity does not have. */
export function columnsOf({ metadata }: Patient, properties: readonly string[]): readonly string[] {
  return properties.flatMap((property) => {
    const relation = metadata.findColumnsWithPropertyPath(property)
    const column = columnOf(metadata, property)
    return column ? [column.databaseName] : relation.map(({ databaseName }) => databaseName)
  })
}
