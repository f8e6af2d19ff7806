import type { CompiledSerializer } from './compiled-serializer.js'
import type { FieldDecisions } from './field-rule.js'

/** What computed fields look at: properties of the row, and properties of rows it leads to. */
export function requiredParts(requires: readonly string[]): {
  readonly own: readonly string[]
  readonly others: ReadonlyMap<string, readonly string[]>
} {
  const others = new Map<string, string[]>()
  const own: string[] = []
  for (const required of requires) {
    const [relation, property] = required.split('.') as [string, string?]
    if (property === undefined) own.push(relation)
    else others.set(relation, [...(others.get(relation) ?? []), property])
  }
  return { own, others }
}

/** The stored properties of related rows that are looked at, also to find what they lead to; undefined where rules may look at any. */
export function neededColumns(
  serializer: CompiledSerializer,
  decisions: FieldDecisions,
): readonly string[] | undefined {
  if ([...decisions.values()].some((decision) => typeof decision === 'function')) return undefined
  const { description, shown, nested, definition } = serializer
  const computed = Object.values(definition.spec.computed ?? {}).flatMap(({ requires }) => requiredParts(requires).own)
  const names = [...description.primary, ...shown].map(({ name }) => name)
  const referredTo = [...nested.values()].flatMap(({ relation }) =>
    relation.link === 'own' ? [] : (relation.referredTo ?? []),
  )
  return [...new Set([...names, ...computed, ...referredTo])]
}
