import {
  type ActionOptions,
  type AnyClass,
  type CheckedAction,
  declareAction,
  type OptionNames,
  placeOfCall,
  requireKnown,
  type ViewSet,
} from 'plinth'

const actionOptions: OptionNames<ActionOptions> = {
  method: true,
  on: true,
  path: true,
  query: true,
  body: true,
  upload: true,
  allow: true,
  paginated: true,
  requirePrecondition: true,
  idempotency: true,
  status: true,
  summary: true,
  answers: true,
  problems: true,
  examples: true,
}

/**
 * Exposes a method of a viewset as an action: `@Action({ method: 'post', on: 'row', allow: owner })`. What an action
 * takes and returns is checked against the method. A subclass that overrides the method need not repeat it.
 */
export function Action<const O extends ActionOptions>(options: O) {
  const place = placeOfCall(Action)
  const written: ActionOptions = options
  requireKnown(options, actionOptions, { subject: '@Action', places: [place] })
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
