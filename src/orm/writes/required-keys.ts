import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import { ValidationError } from '../../errors/exceptions.js'
import { pointerTo } from '../../errors/json-pointer.js'

/**
 * Refuses rows without a key that nobody makes for them. SQLite alone would take them: it makes up a key of whole numbers
 * and none of others.
 * @throws {ValidationError} that names the properties.
 */
export function requireKeys({ primaryColumns }: EntityMetadata, rows: readonly ObjectLiteral[]): void {
  const missing = primaryColumns.filter(
    (column) =>
      !column.isGenerated &&
      column.default === undefined &&
      rows.some((row) => (column.getEntityValue(row) ?? undefined) === undefined),
  )
  if (missing.length === 0) return
  const names = missing.map(({ propertyPath }) => propertyPath)
  const errors = names.map((name) => ({
    pointer: pointerTo(...name.split('.')),
    code: 'required',
    message: 'is required',
  }))
  throw new ValidationError(`${names.join(', ')} is required.`, { errors, names })
}
