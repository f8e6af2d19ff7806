import { type AnyClass, declareAllow, type Permission, placeOfCall } from 'plinth'

/** Says who may call a method that decorators of routing-controllers expose. The rule sees no row. */
export function Allow(permission: Permission<unknown>) {
  const place = placeOfCall(Allow)
  return (target: object, key: string): void =>
    declareAllow(target.constructor as AnyClass, { name: key, permission, place })
}
