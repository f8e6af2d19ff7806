import { type EntityMetadata, EntityNotFoundError } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { AppException } from '../../errors/app-exception.js'
import { ConflictError, NotFoundError, ServiceUnavailableError, ValidationError } from '../../errors/exceptions.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { Registry } from '../../model/registry.js'
import { visibleRows } from '../schema/visible-rows.js'
import { UnitOfWorkError } from '../unit-of-work/unit-of-work-error.js'
import { type ErrorKind, errorKindOf } from './error-kind.js'
import { fieldError, missingReference, pathsOf } from './missing-reference.js'
import { referencesIn, suspectsOf } from './suspects.js'
import { type Violation, violationOf } from './violation.js'

/** What the translation of errors needs of a data source. */
export interface ErrorSource {
  readonly entityMetadatas: readonly EntityMetadata[]
  readonly registry: Registry
}

/**
 * The exception an application's callers may see for an error of the database: a violated rule of the schema names the
 * properties, a database that cannot answer now is unavailable. It never holds values, SQL or names of tables; the
 * error itself is its cause. Undefined for errors that are not the caller's business.
 */
export function asAppException(error: unknown, dataSource: ErrorSource): AppException | undefined {
  if (error instanceof AppException) return error
  if (error instanceof EntityNotFoundError) return new NotFoundError('There is no such record.', { cause: error })
  if (error instanceof UnitOfWorkError) return unavailable(errorKindOf(error.cause), error)
  const kind = errorKindOf(error)
  return unavailable(kind, error) ?? (kind && violated(kind, error, dataSource))
}

const unavailabilities: Partial<Record<ErrorKind, { readonly errorCode: string; readonly message: string }>> = {
  contention: { errorCode: 'CONTENTION', message: 'Somebody else was changing the same records. Try again.' },
  'lock-timeout': { errorCode: 'LOCK_TIMEOUT', message: 'Somebody else is changing the same records. Try again.' },
  'statement-timeout': { errorCode: 'STATEMENT_TIMEOUT', message: 'The database took too long to answer.' },
  unavailable: { errorCode: 'DATABASE_UNAVAILABLE', message: 'The database cannot be reached.' },
}

function unavailable(kind: ErrorKind | undefined, cause: unknown): AppException | undefined {
  const found = kind && unavailabilities[kind]
  if (!found) return undefined
  const { errorCode, message } = found
  return new ServiceUnavailableError(message, { errorCode, details: { retryAfter: 1 }, cause })
}

function violated(kind: ErrorKind, error: unknown, { entityMetadatas, registry }: ErrorSource): AppException {
  const violation = violationOf(error, entityMetadatas)
  switch (kind) {
    case 'duplicate':
      return duplicate(violation, registry, error)
    case 'still-referenced':
      return stillReferenced(error)
    case 'reference':
      return isRemoval(violation, error) ? stillReferenced(error) : missing(violation, error)
    case 'reference-missing':
      return missing(violation, error)
    default:
      return refusedValue(kind, violation, error)
  }
}

function duplicate({ metadata, columns }: Violation, registry: Registry, cause: unknown): AppException {
  const properties = metadata ? uniqueProperties(columns, metadata, registry) : []
  const errors = properties.map((path) => fieldError(path, 'unique', 'is already in use'))
  const subject = properties.length > 0 ? `the same ${properties.join(', ')}` : 'the same values'
  const message = `There is already a record with ${subject}.`
  return isPrimaryKey(columns, metadata)
    ? new ConflictError(message, { errorCode: 'DUPLICATE_ID', errors, names: properties, cause })
    : new ConflictError(message, { errorCode: 'DUPLICATE', errors, names: properties, cause })
}

function isPrimaryKey(columns: readonly ColumnMetadata[], metadata: EntityMetadata | undefined): boolean {
  return columns.length > 0 && metadata?.primaryColumns.length === columns.length && columns.every((c) => c.isPrimary)
}

function stillReferenced(cause: unknown): AppException {
  return new ConflictError('Other records still refer to this one.', { errorCode: 'REFERENCED', cause })
}

function missing({ metadata, columns, statement }: Violation, cause: unknown): AppException {
  const found = columns.length > 0 || !metadata || !statement ? columns : referencesIn(metadata, statement)
  return missingReference(found, cause)
}

/** Whether the row to which others refer was removed or changed, rather than one that refers. */
function isRemoval({ statement }: Violation, error: unknown): boolean {
  return statement?.verb === 'delete' || /update or delete on table/.test((error as Error).message)
}

const refusals: Partial<Record<ErrorKind, readonly [code: string, message: string]>> = {
  required: ['required', 'is required'],
  check: ['check', 'is not allowed'],
  'too-long': ['maxLength', 'is too long'],
  'out-of-range': ['range', 'is out of range'],
  malformed: ['malformed', 'is malformed'],
}

function refusedValue(kind: ErrorKind, { metadata, columns, statement }: Violation, cause: unknown): AppException {
  const [code, message] = refusals[kind] ?? ['invalid', 'is not valid']
  const found = columns.length > 0 || !metadata || !statement ? columns : suspectsOf(kind, metadata, statement)
  const errors = found.flatMap((column) =>
    pathsOf([column]).map((path) => {
      const params = kind === 'too-long' && column.length ? { params: { maxLength: Number(column.length) } } : {}
      return { ...fieldError(path, code, message), ...params }
    }),
  )
  const subject = errors.length > 0 ? pathsOf(found).join(', ') : 'A value'
  return new ValidationError(`${subject} ${message}.`, { errors, names: pathsOf(found), cause })
}

/** What a unique index is about, without what it holds besides: a marker of visible rows, or a tenant. */
function uniqueProperties(columns: readonly ColumnMetadata[], metadata: EntityMetadata, registry: Registry) {
  const paths = pathsOf(columns)
  const entity = metadata.target as AnyClass
  if (!registry.has(entity)) return paths
  const model = registry.model(entity)
  const scoped = visibleRows(model).properties
  const declared = model.indexes.find(
    ({ unique, properties }) =>
      unique === 'visible' &&
      properties.every((property) => paths.includes(property)) &&
      paths.every((path) => properties.includes(path) || scoped.includes(path)),
  )
  const others = paths.filter((path) => !scoped.includes(path))
  return declared?.properties ?? (others.length > 0 ? others : paths)
}
