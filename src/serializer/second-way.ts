import type { CompiledNested } from './compiled-serializer.js'
import type { NestedRules } from './nested-rules.js'
import type { AnySerializerLike } from './serializer-spec.js'

/**
 * What is wrong where bodies take a relation and the property that holds its key, and somebody who may not write the one could
 * write the other; undefined where nothing is.
 */
export function secondWayProblem(
  { spec }: AnySerializerLike,
  { name, relation, write, scope }: CompiledNested,
  allow: NestedRules = {},
): readonly [string, string] | undefined {
  const { fields, readOnly = [], rules = {} } = spec
  const { link, keyProperty: key } = relation
  const takes = (field: string): boolean => fields.includes(field) && !readOnly.includes(field)
  if (link !== 'own' || key === undefined || write === 'none' || !takes(name) || !takes(key)) return undefined
  const isRuled = (field: string): boolean => rules[field]?.write !== undefined
  const isGuarded = scope !== undefined || allow.refer !== undefined || isRuled(name) !== isRuled(key)
  if (!isGuarded) return undefined
  return [
    `"${name}" and "${key}" write the same, and what is said of who may write one of them, or of which rows, does not hold for the other.`,
    `List "${key}" in \`readOnly\`, or leave it out.`,
  ]
}
