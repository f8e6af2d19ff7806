import { FindOperator } from 'typeorm'
import { parseId } from '../parse-id.js'
import type { Target, WriteBuilder } from '../writes/write.js'

/** The primary keys that the criteria of a statement name, each once; undefined where they do not, or name others too. */
export function namedIds(
  { criteria, expressionMap }: WriteBuilder,
  { metadata }: Target,
): readonly unknown[] | undefined {
  const [key, ...others] = metadata.primaryColumns
  if (!key || others.length > 0 || !isPlain(criteria)) return undefined
  if (expressionMap.wheres.some(({ type }) => type === 'or')) return undefined
  const named = valuesOf((criteria as Readonly<Record<string, unknown>>)[key.propertyPath])
  const ids = new Set(named.map((id) => (isId(id) ? parseId(metadata, id) : undefined)))
  return ids.size === 0 || ids.has(undefined) ? undefined : [...ids]
}

function valuesOf(value: unknown): readonly unknown[] {
  if (!(value instanceof FindOperator)) return [value]
  if (value.type === 'equal') return valuesOf(value.value)
  return value.type === 'in' ? [value.value].flat() : []
}

const isId = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number'

const isPlain = (criteria: unknown): boolean =>
  typeof criteria === 'object' && criteria !== null && Object.getPrototypeOf(criteria) === Object.prototype
