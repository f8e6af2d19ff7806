import { type AnyClass, FactKind } from '../metadata/fact-kind.js'
import type { Place } from '../metadata/place.js'
import type { ActionDeclaration } from './action-model.js'

/** What one decorator or mixin said about one action. Written once, never changed. */
export interface ActionFact extends ActionDeclaration {
  /** The name of the method. */
  readonly name: string
  /** Behind the path of the viewset, and behind `/:id` where it acts on a row; empty for the place itself. */
  readonly path: string
  /** Stands between the path of the viewset and `/:id`, where rows of another collection are meant, as in `/trash/:id`. */
  readonly under?: string
  readonly place: Place
}

/** What was said about the actions of classes. */
export const actionFacts = new FactKind<ActionFact>('actions')

/** Declares an action of a class, as `@Action` does. */
export function declareAction(target: AnyClass, fact: ActionFact): void {
  actionFacts.write(target, fact)
}
