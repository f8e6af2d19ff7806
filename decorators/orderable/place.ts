import { type AnyClass, contextVariable, type Id, type Model } from 'plinth'
import { notAPlace } from './refusals.js'

/** Where rows go in a list. Positions beyond its ends are its ends, negative ones count from the end: -1 is the last. */
export type Place = 'first' | 'last' | { readonly position: number } | { readonly before: Id } | { readonly after: Id }

interface AskedPlace {
  readonly entity: AnyClass
  readonly place: Place
}

const asked = contextVariable<AskedPlace>('place in a list')

/**
 * Runs `work`, and puts rows of an entity that come into a list meanwhile at a place instead of the end: those that are
 * inserted, change their list, or become visible again. Several of one call keep their order.
 *
 *     await withPlace(Card, 'first', () => cards.insert({ title, boardId }))
 *     await withPlace(Card, { after: id }, () => cards.save(card))
 *
 * What runs elsewhere meanwhile is not affected.
 * @throws {ValidationError} `INVALID_PLACE` for what is no place; writes throw `NOT_IN_LIST` where the row that is named is
 * in another list, or hidden.
 */
export function withPlace<T>(entity: AnyClass, place: Place, work: () => T): T {
  if (!isPlace(place)) throw notAPlace()
  return asked.run({ entity, place }, work)
}

/** The place that rows of an entity were asked to get. */
export function askedPlace({ entity }: Model): Place | undefined {
  const found = asked.peek()
  if (!found) return undefined
  return entity === found.entity || entity.prototype instanceof found.entity ? found.place : undefined
}

function isPlace(place: unknown): place is Place {
  if (place === 'first' || place === 'last') return true
  if (typeof place !== 'object' || place === null || Object.keys(place).length !== 1) return false
  if ('position' in place) return Number.isSafeInteger(place.position)
  return 'before' in place || 'after' in place
}
