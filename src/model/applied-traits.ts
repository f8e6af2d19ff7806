import type { Mistakes } from '../errors/definition-error.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { traitFacts } from './define-trait.js'
import type { AppliedTrait, Contributor } from './model.js'

/** A trait and how far from the root of the class hierarchy it was declared. */
export interface Declared extends AppliedTrait {
  readonly depth: number
}

/** The traits of an entity, the nearest declaration of each, in the order in which their rules run. */
export function appliedTraits(entity: AnyClass, mistakes: Mistakes): readonly Declared[] {
  const nearest = new Map<string, Declared>()
  for (const [depth, { target, facts }] of traitFacts.chain(entity).entries()) {
    const here = new Map<string, Declared>()
    for (const { trait: definition, options, place } of facts) {
      const declared = { trait: definition.name, definition, options, place, declaredOn: target, depth }
      const twin = here.get(declared.trait)
      if (twin) reportTwice(target, [twin, declared], mistakes)
      here.set(declared.trait, declared)
    }
    for (const [name, declared] of here) nearest.set(name, declared)
  }
  const traits = [...nearest.values()].sort((a, b) => (a.trait < b.trait ? -1 : 1))
  reportMissing(entity, traits, mistakes)
  return inRuleOrder(entity, traits, mistakes)
}

/** How a declaration is named in an error. */
export function labelOf({ trait, place }: Contributor): string {
  return `@${trait} at ${place}`
}

function reportTwice(target: AnyClass, twins: readonly Declared[], mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_TRAIT_TWICE',
    subject: target.name,
    problem: `the trait ${twins[0]?.trait} stands twice on one class.`,
    places: twins.map(labelOf).sort(),
    remedy: 'Keep one of them. A subclass may repeat a trait to change its options.',
  })
}

function reportMissing(entity: AnyClass, traits: readonly Declared[], mistakes: Mistakes): void {
  const present = new Set(traits.map(({ trait }) => trait))
  for (const applied of traits) {
    for (const required of applied.definition.requires ?? []) {
      if (present.has(required)) continue
      mistakes.add({
        code: 'E_TRAIT_MISSING',
        subject: entity.name,
        problem: `the trait ${applied.trait} needs the trait ${required}.`,
        places: [labelOf(applied)],
        remedy: `Add @${required} to the class or to one of its ancestors.`,
      })
    }
  }
}

/** Sorts by `requires` and `after`; among equals by name. Kahn's algorithm over a handful of traits. */
function inRuleOrder(entity: AnyClass, traits: readonly Declared[], mistakes: Mistakes): readonly Declared[] {
  const waiting = new Map(traits.map((applied) => [applied.trait, applied]))
  const ordered: Declared[] = []
  while (waiting.size > 0) {
    const next = [...waiting.values()].find(({ definition }) =>
      [...(definition.requires ?? []), ...(definition.after ?? [])].every((name) => !waiting.has(name)),
    )
    if (!next) {
      reportCircle(entity, [...waiting.values()], mistakes)
      return traits
    }
    waiting.delete(next.trait)
    ordered.push(next)
  }
  return ordered
}

function reportCircle(entity: AnyClass, traits: readonly Declared[], mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_TRAIT_ORDER',
    subject: entity.name,
    problem: `the traits ${traits.map(({ trait }) => trait).join(', ')} each ask to come after another of them.`,
    places: traits.map(labelOf),
    remedy: 'Remove one `after` or `requires`.',
  })
}
