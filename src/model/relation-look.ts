import type { Mistakes } from '../errors/definition-error.js'
import { type AnyClass, FactKind } from '../metadata/fact-kind.js'
import type { Place } from '../metadata/place.js'
import { nearestFacts } from './nearest-facts.js'

/** What becomes of a relation to rows that the scopes of their entity hide. */
export const whenHiddenChoices = {
  hide: 'The property is null, or the list without them; the key stays.',
  show: 'They are given as if no scope hid them, but for locked ones.',
  dropOwner: 'The row that refers to one is not given either.',
} as const

/** A key of `whenHiddenChoices`, as `@WhenHidden` takes it. */
export type WhenHidden = keyof typeof whenHiddenChoices

/** How a query looks at the rows a relation leads to. */
export interface RelationLook {
  readonly whenHidden?: WhenHidden
  /** As a view of the related entity looks. */
  readonly view?: string
}

/** How every query looks at a relation, unless it is told otherwise. */
export interface RelationLookFact {
  readonly property: string
  readonly whenHidden: WhenHidden
  readonly place: Place
}

const looks = new FactKind<RelationLookFact>('relation looks')

/** Says what becomes of a relation to hidden rows. */
export function declareWhenHidden(target: AnyClass, fact: RelationLookFact): void {
  looks.write(target, fact)
}

/** What is declared for the relations of an entity, by property: the nearest declaration counts. */
export function compileRelationLooks(entity: AnyClass, mistakes: Mistakes): Readonly<Record<string, RelationLookFact>> {
  return nearestFacts(looks, entity, (fact, target, twin) => {
    if (twin) reportTwice(target, [twin, fact], mistakes)
    if (!Object.hasOwn(whenHiddenChoices, fact.whenHidden)) reportChoice(target, fact, mistakes)
  })
}

function reportTwice(target: AnyClass, twins: readonly RelationLookFact[], mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_RELATION_LOOK',
    subject: target.name,
    problem: `what becomes of hidden rows is said twice above "${twins[0]?.property}".`,
    places: twins.map(({ place }) => `@WhenHidden at ${place}`),
    remedy: 'Keep one of them. A subclass may repeat the property to say otherwise.',
  })
}

function reportChoice(target: AnyClass, { property, whenHidden, place }: RelationLookFact, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_RELATION_LOOK',
    subject: target.name,
    problem: `"${whenHidden}", above "${property}", is no way to treat hidden rows.`,
    places: [`@WhenHidden at ${place}`],
    remedy: `Ways are: ${Object.keys(whenHiddenChoices).join(', ')}.`,
  })
}
