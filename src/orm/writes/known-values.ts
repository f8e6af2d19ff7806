import { Expression } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import { decisiveProperties } from './passages.js'
import { refusedExpression } from './refusals.js'
import { mayHold, rowOf } from './stored-rows.js'
import type { Target } from './write.js'

/**
 * Values to be written, as rules see them.
 * @throws {DefinitionError} `E_UNRULED_WRITE` where SQL computes what decides whether a row enters or leaves.
 */
export function knownValues({ model, metadata }: Target, values: RowData): RowData {
  const known = rowOf(metadata, values)
  refuseComputed(model, known)
  return known
}

/**
 * Those of some values that decide whether a row enters or leaves, as rules see them.
 * @throws {DefinitionError} `E_UNRULED_WRITE` where SQL computes one of them.
 */
export function decisiveValues({ model, metadata }: Target, values: RowData): RowData {
  const decisive = decisiveProperties(model)
  if (!mayHold(metadata, values, decisive)) return {}
  const known = rowOf(metadata, values, decisive)
  refuseComputed(model, known)
  return known
}

/**
 * Refuses a row whose decisive properties SQL computes.
 * @throws {DefinitionError} `E_UNRULED_WRITE`
 */
export function refuseComputed(model: Target['model'], known: RowData): void {
  for (const property of decisiveProperties(model)) {
    const value = known[property]
    if (typeof value === 'function' || value instanceof Expression) throw refusedExpression(model, property)
  }
}
