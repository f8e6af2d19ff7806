import { type AnyClass, FactKind } from '../metadata/fact-kind.js'
import type { Place } from '../metadata/place.js'

/** Where a viewset is mounted. */
export interface ResourceFact {
  readonly path: string
  readonly place: Place
}

/** What `@Resource` said about viewsets. Not inherited: each concrete viewset has a path of its own. */
export const resourceFacts = new FactKind<ResourceFact>('resources')

/** Declares the path of a viewset, as `@Resource` does. */
export function declareResource(target: AnyClass, fact: ResourceFact): void {
  resourceFacts.write(target, fact)
}
