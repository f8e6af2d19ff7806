import type { Mistakes } from '../errors/definition-error.js'
import { type AnyClass, FactKind } from '../metadata/fact-kind.js'
import type { Place } from '../metadata/place.js'

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
  const nearest: Record<string, RelationLookFact> = {}
  for (const { facts } of looks.chain(entity)) {
    for (const fact of facts) {
      if (!Object.hasOwn(whenHiddenChoices, fact.whenHidden)) report(entity, fact, mistakes)
      nearest[fact.property] = fact
    }
  }
  return Object.freeze(nearest)
}

function report(entity: AnyClass, { property, whenHidden, place }: RelationLookFact, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_RELATION_LOOK',
    subject: entity.name,
    problem: `"${whenHidden}", above "${property}", is no way to treat hidden rows.`,
    places: [`@WhenHidden at ${place}`],
    remedy: `Ways are: ${Object.keys(whenHiddenChoices).join(', ')}.`,
  })
}
