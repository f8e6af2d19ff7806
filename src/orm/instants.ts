import type { Driver } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { ValidationError } from '../errors/exceptions.js'
import { pointerTo } from '../errors/json-pointer.js'
import { isInstant } from '../helpers/clock.js'

const types: ReadonlySet<unknown> = new Set([
  Date,
  'date',
  'datetime',
  'timestamp',
  'timestamptz',
  'timestamp with time zone',
  'timestamp without time zone',
])

/**
 * Lets a driver write no instant that some engine would store as another one, or as nothing: what is no instant at all, and
 * those beyond the years 1 to 9999. What a transformer makes of one is left to it.
 */
export function requireInstants(driver: Driver): void {
  const prepare = driver.preparePersistentValue.bind(driver)
  driver.preparePersistentValue = (value: unknown, column: ColumnMetadata): unknown => {
    if (value instanceof Date && !column.transformer && types.has(column.type)) requireInstant(value, column)
    return prepare(value, column) as unknown
  }
}

function requireInstant(value: Date, { propertyPath }: ColumnMetadata): void {
  if (isInstant(value)) return
  throw new ValidationError(`${propertyPath} must be an instant of the years 1 to 9999.`, {
    errorCode: 'INVALID_INSTANT',
    names: [propertyPath],
    errors: [{ pointer: pointerTo(...propertyPath.split('.')), code: 'timestamp', message: 'must be an instant' }],
  })
}
