import type { EntityMetadata } from 'typeorm'
import type { Model } from '../../model/model.js'

/**
 * Takes a `@UpdateDateColumn` of a property that a trait has for a column like others. TypeORM, and on MariaDB the database itself,
 * would write it with every update, whatever the rules of the trait say.
 */
export function leaveDatesToRules(metadata: EntityMetadata, { columns }: Model): void {
  const { updateDateColumn } = metadata
  if (!updateDateColumn || !Object.hasOwn(columns, updateDateColumn.propertyPath)) return
  updateDateColumn.isUpdateDate = false
  Object.assign(updateDateColumn, { onUpdate: undefined })
  Object.assign(metadata, { updateDateColumn: undefined })
}
