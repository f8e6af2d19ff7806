import type { ValidationOptions } from 'class-validator'
import { UsageError } from '../errors/usage-error.js'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import { sizeOf } from './received-file.js'
import { Satisfies } from './satisfies.js'
import { type Complaints, complaint, defineValidator, type JsonSchema, type Validator } from './validator.js'

/** How large files may be. */
export interface FileSizeOptions {
  /** The most megabytes, of 1,024 · 1,024 bytes; fractions will do. */
  readonly maxMegabytes: number
  /** Whether a file without any bytes will do; it will not unless said. */
  readonly allowEmpty?: boolean
}

const fileSizeOptions: OptionNames<FileSizeOptions> = { maxMegabytes: true, allowEmpty: true }

/**
 * Makes a validator of the size of a file. It counts the bytes that are there (see `ReceivedFile`) and believes no
 * declared size; for a file that lies elsewhere give it the number of bytes that were counted while it was stored.
 * Use `limitFileSize` to stop a file that is too large while it arrives.
 * @throws {UsageError} E_VALIDATOR_OPTIONS unless `maxMegabytes` is a positive number.
 */
export function validateFileSize(options: FileSizeOptions): Validator {
  requireKnownBy(validateFileSize, options, fileSizeOptions)
  const { maxMegabytes, allowEmpty = false } = options
  const maxBytes = maxBytesOf(options)
  const minBytes = allowEmpty ? 0 : 1
  const message = `must be a file of at most ${maxMegabytes} MB${allowEmpty ? '' : ' that is not empty'}`
  return defineValidator({
    rule: 'fileSize',
    message,
    schema: sizeSchema(minBytes, maxBytes),
    complaints: (value): Complaints => {
      const bytes = typeof value === 'number' ? value : sizeOf(value)
      const fits = bytes !== undefined && Number.isSafeInteger(bytes) && bytes >= minBytes && bytes <= maxBytes
      return fits ? [] : complaint('fileSize', message, { minBytes, maxBytes })
    },
  })
}

/** A file, or the number of its bytes. OpenAPI 3.1: the length of a binary payload is in bytes. */
function sizeSchema(minBytes: number, maxBytes: number): JsonSchema {
  const file = Object.freeze({ type: 'string', format: 'binary', minLength: minBytes, maxLength: maxBytes })
  const count = Object.freeze({ type: 'integer', minimum: minBytes, maximum: maxBytes })
  return Object.freeze({ anyOf: Object.freeze([file, count]) })
}

/** Refuses a property that is not a received file of this size (see `validateFileSize`). */
export function FileSize(options: FileSizeOptions, validationOptions?: ValidationOptions): PropertyDecorator {
  requireKnownBy(FileSize, options, fileSizeOptions, { subject: '@FileSize' })
  return Satisfies(validateFileSize(options), validationOptions)
}

/** @throws {UsageError} E_VALIDATOR_OPTIONS unless `maxMegabytes` is a positive number. */
export function maxBytesOf({ maxMegabytes }: Pick<FileSizeOptions, 'maxMegabytes'>): number {
  const maxBytes = Math.floor(maxMegabytes * 1024 * 1024)
  if (typeof maxMegabytes === 'number' && Number.isSafeInteger(maxBytes) && maxBytes > 0) return maxBytes
  throw new UsageError(
    'E_VALIDATOR_OPTIONS',
    `A file size is limited by a positive number of megabytes, as in { maxMegabytes: 5 }, not by ${String(maxMegabytes)}.`,
  )
}
