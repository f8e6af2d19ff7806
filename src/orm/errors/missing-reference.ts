import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { FieldError } from '../../errors/app-exception.js'
import { ValidationError } from '../../errors/exceptions.js'
import { pointerTo } from '../../errors/json-pointer.js'

/** A row refers, by these columns, to one that is not there, or of which its writer must not know that it is. */
export function missingReference(columns: readonly ColumnMetadata[], cause?: unknown): ValidationError {
  const paths = [...new Set(pathsOf(columns))]
  const errors = paths.map((path) => fieldError(path, 'reference', 'refers to a record that does not exist'))
  return new ValidationError('The record refers to another one that does not exist.', { errors, cause })
}

/** The paths of the properties, without columns that are no properties of the class. */
export function pathsOf(columns: readonly ColumnMetadata[]): readonly string[] {
  return columns
    .filter(({ isVirtual, relationMetadata }) => !isVirtual || relationMetadata)
    .map(
      ({ propertyPath, relationMetadata, isVirtual }) => (isVirtual && relationMetadata?.propertyPath) || propertyPath,
    )
}

/** What is wrong with a property. */
export function fieldError(path: string, code: string, message: string): FieldError {
  return { pointer: pointerTo(...path.split('.')), code, message }
}
