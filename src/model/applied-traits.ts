import type { Mistakes } from '../errors/definition-error.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { identityOf } from './application.js'
import { traitFacts } from './define-trait.js'
import type { AppliedTrait, Contributor } from './model.js'
import type { Trait } from './trait.js'

/** A trait and how far from the root of the class hierarchy it was declared. */
export interface Declared extends AppliedTrait {
  readonly depth: number
}

/** The traits of an entity, the nearest declaration of each application, in the order in which their rules run. */
export function appliedTraits(entity: AnyClass, mistakes: Mistakes): readonly Declared[] {
  const nearest = new Map<string, Declared>()
  for (const [depth, { target, facts }] of traitFacts.chain(entity).entries()) {
    const here = new Map<string, Declared>()
    for (const { trait: definition, options, place } of facts) {
      const key = keyOf(definition, options)
      const declared = { trait: definition.name, key, definition, options, place, declaredOn: target, depth }
      const identity = identityOf(declared)
      const twin = here.get(identity)
      if (twin) reportTwice(target, [twin, declared], mistakes)
      if (!isName(definition.as)) reportName(target, declared, mistakes)
      here.set(identity, declared)
    }
    for (const [identity, declared] of here) nearest.set(identity, declared)
  }
  const traits = [...nearest].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, declared]) => declared)
  reportMissing(entity, traits, mistakes)
  return inRuleOrder(entity, traits, mistakes)
}

/** What tells applications of one trait apart: what it is applied as, and what its options say. */
function keyOf(trait: Trait, options: object): string {
  return [trait.as ?? '', trait.key?.(options) ?? ''].filter((part) => part !== '').join(' ')
}

/** Whether names of methods and tables can end in it. */
function isName(as: string | undefined): boolean {
  return as === undefined || /^(?:[A-Za-z]\w*)?$/.test(as)
}

function reportName(target: AnyClass, applied: Declared, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_TRAIT_OPTIONS',
    subject: target.name,
    problem: `the trait ${applied.trait} is applied as "${applied.definition.as}", which no method can be named by.`,
    places: [labelOf(applied)],
    remedy: 'Apply it as a letter that letters, digits or _ follow.',
  })
}

/** How a declaration is named in an error. */
export function labelOf({ trait, place }: Contributor): string {
  return `@${trait} at ${place}`
}

function reportTwice(target: AnyClass, twins: readonly Declared[], mistakes: Mistakes): void {
  const key = twins[0]?.key
  mistakes.add({
    code: 'E_TRAIT_TWICE',
    subject: target.name,
    problem: `the trait ${twins[0]?.trait} stands twice${key ? ` for "${key}"` : ''} on one class.`,
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
  const waiting = new Set(traits)
  const ordered: Declared[] = []
  while (waiting.size > 0) {
    const names = new Set([...waiting].map(({ trait }) => trait))
    const next = [...waiting].find(({ definition }) =>
      [...(definition.requires ?? []), ...(definition.after ?? [])].every((name) => !names.has(name)),
    )
    if (!next) {
      reportCircle(entity, [...waiting], mistakes)
      return traits
    }
    waiting.delete(next)
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
