import type { RowData } from '../../../model/matches.js'
import type { ModelDataSource } from '../../data-source.js'
import { hidingScopes } from '../../deletion/hidden-parents.js'
import { referencesOf } from '../../deletion/references.js'
import { lockedReferencesOf, partsOf } from '../locked-references.js'
import type { Target } from '../write.js'

/** Whether a row refers to rows that have to be looked at, and kept as they are until it is written. */
export function refersToGuarded(dataSource: ModelDataSource, { metadata }: Target, row: RowData): boolean {
  if (lockedReferencesOf(dataSource, metadata).some((one) => partsOf(one, row).some(isGiven))) return true
  return referencesOf(dataSource, metadata).some(
    (one) => isGiven(one.key.getEntityValue(row)) && hidingScopes(dataSource, one) !== undefined,
  )
}

/** Whether rows of an entity may refer to such rows. */
export function refersAtAll(dataSource: ModelDataSource, { metadata }: Target): boolean {
  return lockedReferencesOf(dataSource, metadata).length + referencesOf(dataSource, metadata).length > 0
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null
