import { type Optioned, type OptionNames, requireKnown } from '../helpers/known-options.js'
import type { FieldRules } from './field-rule.js'
import type { NestedRules } from './nested-rules.js'
import type { AnyNestedOptions, SerializerFields } from './serializer-spec.js'

const serializerOptions: OptionNames<SerializerFields> = {
  fields: true,
  readOnly: true,
  readOnlyInput: true,
  writeOnly: true,
  createOnly: true,
  nested: true,
  computed: true,
  actions: true,
  rules: true,
}

const nestedOptions: OptionNames<AnyNestedOptions> = {
  serializer: true,
  max: true,
  optional: true,
  write: true,
  orderBy: true,
  scope: true,
  allow: true,
}
const nestedRules: OptionNames<NestedRules> = { refer: true, create: true, change: true, remove: true }
const fieldRules: OptionNames<FieldRules> = { read: true, write: true }
const actionParts = { read: true, write: true } as const

/**
 * Looks for options that serializers do not have, in what is said of relations, fields and actions too.
 * @throws {DefinitionError} `E_OPTION`.
 */
export function requireSerializerOptions(spec: SerializerFields, optioned: Optioned): void {
  requireKnown(spec, serializerOptions, optioned)
  each(spec.nested, (name, nested) => {
    if (typeof nested === 'function') return
    requireKnown(nested, nestedOptions, { ...optioned, within: `nested.${name}` })
    requireKnown(nested?.allow, nestedRules, { ...optioned, kind: 'rule', within: `nested.${name}.allow` })
  })
  each(spec.rules, (name, rules) =>
    requireKnown(rules, fieldRules, { ...optioned, kind: 'rule', within: `rules.${name}` }),
  )
  each(spec.actions, (name, shown) => {
    if (Array.isArray(shown)) return
    requireKnown(shown, actionParts, { ...optioned, kind: 'part', within: `actions.${name}` })
  })
}

function each<T>(named: Readonly<Record<string, T>> | undefined, look: (name: string, value: T) => void): void {
  for (const [name, value] of Object.entries(named ?? {})) look(name, value)
}
