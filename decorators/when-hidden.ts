import { type AnyClass, declareWhenHidden, placeOfCall, type WhenHidden as WhenHiddenChoice } from 'plinth'

/**
 * Stands above a relation and says what queries make of rows it leads to that scopes hide: `hide`, as without it, gives
 * null or leaves them out of the list; `show` gives them; `dropOwner`, above a relation to one row, hides its owner too.
 * A query may decide otherwise by `relation`.
 */
export function WhenHidden(whenHidden: WhenHiddenChoice) {
  const place = placeOfCall(WhenHidden)
  return (target: object, property: string): void =>
    declareWhenHidden(target.constructor as AnyClass, { property, whenHidden, place })
}
