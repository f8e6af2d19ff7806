import type { Mistakes } from '../errors/definition-error.js'
import { type AnyClass, FactKind } from '../metadata/fact-kind.js'
import type { Place } from '../metadata/place.js'
import { nearestFacts } from './nearest-facts.js'

/** What becomes of rows whose parent is deleted, and the way in which it does. */
export const deletionPolicies = {
  cascade: 'They are deleted too, by the delete rules of their own entity.',
  restrict: 'They keep their parent from being deleted.',
  detach: 'They stay, and their key becomes null.',
  keep: 'They stay as they are.',
} as const

/** A key of `deletionPolicies`, as `@OnDelete` takes it. */
export type DeletionPolicy = keyof typeof deletionPolicies

/** What one decorator said about one relation. */
export interface DeletionFact {
  /** The property that holds the relation to the parent. */
  readonly property: string
  readonly policy: DeletionPolicy
  readonly place: Place
}

const deletionFacts = new FactKind<DeletionFact>('deletion policies')

/** Says what becomes of the rows of a class when the row one of its relations points to is deleted. */
export function declareDeletion(target: AnyClass, fact: DeletionFact): void {
  deletionFacts.write(target, fact)
}

/** The deletion policies of an entity by property: of each the nearest declaration. */
export function compileDeletions(entity: AnyClass, mistakes: Mistakes): Readonly<Record<string, DeletionFact>> {
  return nearestFacts(deletionFacts, entity, (fact, target, twin) => {
    if (twin) reportTwice(target, [twin, fact], mistakes)
    if (!Object.hasOwn(deletionPolicies, fact.policy)) reportPolicy(target, fact, mistakes)
  })
}

function reportTwice(target: AnyClass, twins: readonly DeletionFact[], mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_DELETION',
    subject: target.name,
    problem: `two deletion policies stand above "${twins[0]?.property}".`,
    places: twins.map(({ place }) => `@OnDelete at ${place}`),
    remedy: 'Keep one of them. A subclass may repeat the property to change its policy.',
  })
}

function reportPolicy(target: AnyClass, { property, policy, place }: DeletionFact, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_DELETION',
    subject: target.name,
    problem: `"${policy}", above "${property}", is no deletion policy.`,
    places: [`@OnDelete at ${place}`],
    remedy: `Policies are: ${Object.keys(deletionPolicies).join(', ')}.`,
  })
}
