import { MAX, NIL, validate, version as versionOf } from 'uuid'
import { UsageError } from '../errors/usage-error.js'
import { type OptionNames, requireKnownBy } from './known-options.js'

/** A version RFC 9562 defines. */
export type UuidVersion = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/** Which UUIDs will do. */
export interface UuidOptions {
  /** The version, or the versions, it may have; any unless given. */
  readonly version?: UuidVersion | readonly UuidVersion[]
  /** Whether 00000000-0000-0000-0000-000000000000 will do. It stands for "none" and identifies nothing. */
  readonly allowNil?: boolean
  /** Whether ffffffff-ffff-ffff-ffff-ffffffffffff will do. */
  readonly allowMax?: boolean
}

const uuidOptions: OptionNames<UuidOptions> = { version: true, allowNil: true, allowMax: true }

/**
 * Whether a value is a UUID as RFC 9562 writes them: 36 characters with hyphens, in any case, version 1 to 8, variant
 * 8 to b. Braces, `urn:uuid:`, missing hyphens and spaces are refused, as are NIL and MAX unless allowed.
 * @throws {UsageError} E_UUID_VERSION for a version there is none of.
 */
export function validateUuid(value: unknown, options: UuidOptions = {}): value is string {
  requireKnownBy(validateUuid, options, uuidOptions)
  const versions = [options.version ?? []].flat()
  if (!versions.every((one) => Number.isInteger(one) && one >= 1 && one <= 8)) {
    throw new UsageError('E_UUID_VERSION', `UUIDs have the versions 1 to 8, not ${versions.join(', ')}.`)
  }
  if (typeof value !== 'string' || !validate(value)) return false
  if (value === NIL) return options.allowNil === true
  if (value.toLowerCase() === MAX) return options.allowMax === true
  return versions.length === 0 || versions.includes(versionOf(value) as UuidVersion)
}

/**
 * A UUID in its one spelling, lower case, for comparing and for keys; undefined where `validateUuid` says no.
 * @throws {UsageError} E_UUID_VERSION for a version there is none of.
 */
export function parseUuid(value: unknown, options: UuidOptions = {}): string | undefined {
  requireKnownBy(parseUuid, options, uuidOptions)
  return validateUuid(value, options) ? value.toLowerCase() : undefined
}
