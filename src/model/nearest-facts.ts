import type { AnyClass, FactKind } from '../metadata/fact-kind.js'

/** What one decorator said about one property. */
interface PropertyFact {
  readonly property: string
}

/** Hears of each fact, and of the one that said something of the same property of the same class before. */
type Look<F> = (fact: F, target: AnyClass, twin: F | undefined) => void

/** What is said of the properties of an entity, by property: of each the nearest declaration. */
export function nearestFacts<F extends PropertyFact>(
  kind: FactKind<F>,
  entity: AnyClass,
  look: Look<F>,
): Readonly<Record<string, F>> {
  const nearest: Record<string, F> = {}
  for (const { target, facts } of kind.chain(entity)) {
    facts.forEach((fact, index) => {
      const twin = facts.slice(0, index).find(({ property }) => property === fact.property)
      look(fact, target, twin)
      nearest[fact.property] = fact
    })
  }
  return Object.freeze(nearest)
}
