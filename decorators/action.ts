import { type ActionOptions, type AnyClass, type CheckedAction, declareAction, placeOfCall, type ViewSet } from 'plinth'

/**
 * Exposes a method of a viewset as an action: `@Action({ method: 'post', on: 'row', allow: owner })`. What an action
 * takes and returns is checked against the method. A subclass that overrides the method need not repeat it.
 */
export function Action<const O extends ActionOptions>(options: O) {
  const place = placeOfCall(Action)
  const written: ActionOptions = options
  return <T extends ViewSet, F>(
    target: T,
    key: CheckedAction<O, T, F>,
    _descriptor: TypedPropertyDescriptor<F>,
  ): void => {
    const name = key as string
    const { allow: permission, path = name, ...declaration } = written
    declareAction(target.constructor as AnyClass, { ...declaration, name, path, permission, place })
  }
}
