import {
  type ActionOptions,
  type AnyClass,
  type CheckedAction,
  declareAction,
  type Known,
  type OptionNames,
  placeOfCall,
  requireKnown,
  type UploadRule,
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

const uploadRule: OptionNames<UploadRule> = {
  maxMegabytes: true,
  types: true,
  extensions: true,
  most: true,
  optional: true,
  allowEmpty: true,
}

/**
 * Exposes a method of a viewset as an action: `@Action({ method: 'post', on: 'row', allow: owner })`. What an action
 * takes and returns is checked against the method. A subclass that overrides the method need not repeat it.
 */
export function Action<const O extends ActionOptions>(options: O & Known<O, ActionOptions>) {
  const place = placeOfCall(Action)
  const written: ActionOptions = options
  const optioned = { subject: '@Action', places: [place] }
  requireKnown(options, actionOptions, optioned)
  for (const [name, rule] of Object.entries(written.upload ?? {})) {
    requireKnown(rule, uploadRule, { ...optioned, within: `upload.${name}` })
  }
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
