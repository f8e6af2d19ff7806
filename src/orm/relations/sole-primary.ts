import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import { UsageError } from '../../errors/usage-error.js'

/** The key of related rows. @throws {UsageError} for keys of several columns. */
export function solePrimary({ inverseEntityMetadata, propertyName }: RelationMetadata): ColumnMetadata {
  const [primary, ...others] = inverseEntityMetadata.primaryColumns
  if (primary && others.length === 0) return primary
  throw new UsageError(
    'E_SEVERAL_KEYS',
    `The rows of "${propertyName}" have no key of one value, so they cannot be counted.`,
  )
}
