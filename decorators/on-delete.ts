import { type AnyClass, type DeletionPolicy, declareDeletion, placeOfCall } from 'plinth'

/**
 * Stands above a many-to-one relation and says what becomes of rows when the row they belong to is deleted: `cascade`
 * deletes them too, `restrict` refuses, `detach` takes the link away, `keep` does nothing. With it, rows that scopes
 * hide can no longer be referred to.
 */
export function OnDelete(policy: DeletionPolicy) {
  const place = placeOfCall(OnDelete)
  return (target: object, property: string): void =>
    declareDeletion(target.constructor as AnyClass, { property, policy, place })
}
