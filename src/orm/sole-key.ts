import type { EntityMetadata } from 'typeorm'
import { UsageError } from '../errors/usage-error.js'
import type { Id } from '../model/verb.js'
import { parseId } from './parse-id.js'

/**
 * The primary key that a value stands for, which is to name a row by itself; undefined when no row can have it.
 * @throws {UsageError} `E_SEVERAL_KEYS` where rows are known by several columns.
 */
export function soleKey(metadata: EntityMetadata, id: Id): Id | undefined {
  const { name, primaryColumns } = metadata
  if (primaryColumns.length < 2) return parseId(metadata, id)
  const keys = primaryColumns.map(({ propertyPath }) => propertyPath).join(' and ')
  throw new UsageError(
    'E_SEVERAL_KEYS',
    `Rows of ${name} are known by ${keys}, so no single value names one: ask for all of them, as \`findOneBy\` and \`update\` do.`,
  )
}
