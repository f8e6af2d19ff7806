import { type AnyClass, FactKind } from '../metadata/fact-kind.js'
import type { Place } from '../metadata/place.js'
import type { Permission } from './permission.js'

/** The rule of a method that decorators of routing-controllers expose. */
export interface AllowFact {
  /** The name of the method. */
  readonly name: string
  readonly permission: Permission
  readonly place: Place
}

/** What `@Allow` said about methods. */
export const allowFacts = new FactKind<AllowFact>('allow')

/** Declares who may call a method, as `@Allow` does. */
export function declareAllow(target: AnyClass, fact: AllowFact): void {
  allowFacts.write(target, fact)
}
