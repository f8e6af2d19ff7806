import { DefinitionError } from '../errors/definition-error.js'
import { type Optioned, type OptionNames, unknownOptions } from '../helpers/known-options.js'
import { nearestName } from '../helpers/nearest-name.js'
import { type Callee, placeOfCall } from '../metadata/place.js'
import type { OwnDataSourceOptions } from './data-source-options.js'

const ownOptions: OptionNames<OwnDataSourceOptions> = {
  entities: true,
  tables: true,
  clock: true,
  listeners: true,
  turnLimit: true,
  statementLimit: true,
  lockLimit: true,
  idleTransactionLimit: true,
  groupCommit: true,
  onHookError: true,
  proveSchema: true,
  prepareReads: true,
  assumeStatistics: true,
}

/** Names of TypeORM's that are near to one of these. */
const typeormsOwn: readonly string[] = ['dropSchema']

/**
 * Looks for options of a data source that are most likely misspelt ones of plinth's own; every other is for TypeORM and its
 * drivers, which know more of them than can be listed.
 * @throws {DefinitionError} `E_OPTION`.
 */
export function requireOwnOptions(given: unknown, optioned: Optioned): void {
  const names = Object.keys(ownOptions)
  const others = Object.keys(given ?? {}).filter((name) => !typeormsOwn.includes(name))
  const misspelt = others.filter((name) => nearestName(name, names) !== undefined)
  const mistakes = unknownOptions(Object.fromEntries(misspelt.map((name) => [name, true])), ownOptions, optioned)
  if (mistakes.length > 0) throw new DefinitionError(mistakes)
}

/**
 * The same of the options of a call, with the place where it was made.
 * @throws {DefinitionError} `E_OPTION`.
 */
export function requireOwnOptionsBy(callee: Callee, given: unknown): void {
  requireOwnOptions(given, { subject: callee.name, places: [placeOfCall(callee)] })
}
